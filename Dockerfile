# The gateway in a container:
#   docker build -t dashly-graphql-gateway .
#   docker run -p 4000:4000 -e DASHLY_API_URL=https://api.dashly.app/v2 dashly-graphql-gateway

FROM node:24-bookworm-slim AS build
WORKDIR /gateway
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY schema ./schema
COPY src ./src
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="dashly-graphql-gateway" \
      org.opencontainers.image.description="A typed GraphQL API in front of Dashly's REST call that replies in a conversation" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    MALLOC_ARENA_MAX=1
WORKDIR /gateway
COPY package.json LICENSE ./
COPY schema ./schema
COPY --from=build /gateway/node_modules ./node_modules
COPY --from=build /gateway/dist ./dist
# The user "node", by number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# What keeps the memory small and flat, with MALLOC_ARENA_MAX; "The hot path" in the README says what each of them does.
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=30", "--no-maglev", "--no-allocation-site-pretenuring", "dist/main.js"]
