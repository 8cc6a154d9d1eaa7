# The gateway in a container:
#   docker build -t dashly-graphql-gateway .
#   docker run -p 4000:4000 -e DASHLY_API_URL=https://api.dashly.app/v2 dashly-graphql-gateway

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /gateway
COPY package.json package-lock.json ./
COPY schema ./schema
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="dashly-graphql-gateway" \
      org.opencontainers.image.description="A typed GraphQL API that replies in conversations of Dashly, and reads them" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    METRICS_PORT=9464 \
    SHUTDOWN_DELAY_MS=5000 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=524288
WORKDIR /gateway
COPY package.json LICENSE ./
COPY schema ./schema
COPY --from=build /gateway/node_modules ./node_modules
COPY --from=build /gateway/dist ./dist
# The user "node", by number: Kubernetes checks `runAsNonRoot` by it.
USER 1000:1000
# Requests, and metrics without authentication: publish only the first.
EXPOSE 4000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The same flags as in `npm start`. docs/performance.md ("Flags") explains them, and the variables MALLOC_… above.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=30", "--no-allocation-site-pretenuring", "--no-minor-gc-task", "--no-parallel-scavenge", "--no-maglev", "--invocation-count-for-turbofan=1000", "dist/main.js"]
