/** deploy/kubernetes: the properties that operation depends on, such as updates without a gap. */

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultLimits } from '../../src/http/admission.ts';
import { readPage, sectionBelow } from '../docs/sections.ts';
import { configOf } from './known-variables.ts';
import { environment, isKubectlMissing, models, podOf, resourceOf } from './kubernetes-resources.ts';

const page = 'docs/production.md';

/** A quantity of Kubernetes, such as `512Mi` or `500m`. */
function quantity(text: unknown): number {
  const [, digits, unit = ''] = /^(\d+)(m|Mi)?$/.exec(String(text)) ?? [];
  return Number(digits) * ({ m: 0.001, Mi: 1024 ** 2 }[unit] ?? 1);
}

describe.skipIf(isKubectlMissing)('deploy/kubernetes in operation (needs kubectl)', () => {
  const namespaceOf = (labels: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': labels } },
  });

  test('each selector finds the pods of the Deployment', () => {
    const deployment = resourceOf('Deployment').spec;
    const { labels = {} } = deployment?.template.metadata ?? {};
    expect(Object.keys(labels)).not.toEqual([]);
    const spread = podOf().pod.topologySpreadConstraints?.map(({ labelSelector }) => labelSelector) ?? [];
    const { selector: protectedPods } = resourceOf('PodDisruptionBudget').spec ?? {};
    const { podSelector } = resourceOf('NetworkPolicy').spec ?? {};
    expect([deployment?.selector, protectedPods, podSelector, ...spread]).toEqual(
      Array(5).fill({ matchLabels: labels }),
    );
    expect(resourceOf('Service').spec?.selector).toEqual(labels);
  });

  test('an update starts a new pod before it stops an old one, and keeps the number of replicas', () => {
    const { strategy, replicas } = resourceOf('Deployment').spec ?? {};
    // Without a type it is RollingUpdate.
    expect(strategy).toEqual({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(replicas).toBeUndefined();
  });

  test('scales this Deployment by the CPU that it requests, within the figures of the page', () => {
    const { scaleTargetRef, minReplicas, maxReplicas, metrics } =
      resourceOf('HorizontalPodAutoscaler').spec ?? {};
    const { apiVersion, kind, metadata } = resourceOf('Deployment');
    expect(scaleTargetRef).toEqual({ apiVersion, kind, name: metadata.name });
    expect([minReplicas, maxReplicas]).toEqual([2, 10]);
    const target = { type: 'Utilization', averageUtilization: 80 };
    expect(metrics).toEqual([{ type: 'Resource', resource: { name: 'cpu', target } }]);
    const text = sectionBelow(page, 'Kubernetes');
    expect(text).toContain('two to ten replicas');
    expect(text).toContain('More replicas start at 80 % of it');
  });

  test('the drain of a node stops one pod at a time, and no pod that is not ready prevents it', () => {
    const { maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } =
      resourceOf('PodDisruptionBudget').spec ?? {};
    expect([maxUnavailable, minAvailable]).toEqual([1, undefined]);
    expect(maxUnavailable).toBeLessThan(resourceOf('HorizontalPodAutoscaler').spec?.minReplicas ?? 0);
    expect(unhealthyPodEvictionPolicy).toBe('AlwaysAllow');
  });

  test('the pods spread over nodes and zones, but start also if they cannot', () => {
    const spread = podOf().pod.topologySpreadConstraints ?? [];
    expect(
      spread.map(({ maxSkew, topologyKey, whenUnsatisfiable }) => [maxSkew, topologyKey, whenUnsatisfiable]),
    ).toEqual([
      [1, 'kubernetes.io/hostname', 'ScheduleAnyway'],
      [1, 'topology.kubernetes.io/zone', 'ScheduleAnyway'],
    ]);
  });

  test('has memory for the process and for all requests and uploads, and no limit of CPU', () => {
    const { requests, limits } = podOf().container.resources ?? {};
    const inUse = 150e6;
    const uploads = defaultLimits.maxUploads * 1e6;
    expect(quantity(requests?.['memory'])).toBeGreaterThan(inUse);
    expect(quantity(limits?.['memory'])).toBeGreaterThan(inUse + uploads + defaultLimits.maxBytes);
    expect(Object.keys(limits ?? {})).toEqual(['memory']);
    expect(quantity(requests?.['cpu'])).toBe(0.5);
    expect(sectionBelow(page, 'Kubernetes')).toContain('Half a core of CPU is requested');
  });

  test('the Service leads to the ports of the container, and Prometheus reads the one of the metrics', () => {
    const { ports = [] } = resourceOf('Service').spec ?? {};
    const { PORT, METRICS_PORT } = configOf(environment());
    const numbers = new Map(podOf().container.ports?.map((port) => [port.name, port.containerPort]));
    expect(ports.map((port) => [port.name, port.port, numbers.get(String(port.targetPort))])).toEqual([
      ['http', 80, PORT],
      ['metrics', METRICS_PORT, METRICS_PORT],
    ]);
    const { selector, endpoints, namespaceSelector } = resourceOf('ServiceMonitor').spec;
    // By default, a ServiceMonitor selects Services of its own namespace, by their labels.
    expect([selector, namespaceSelector]).toEqual([
      { matchLabels: resourceOf('Service').metadata.labels },
      undefined,
    ]);
    expect(endpoints).toEqual([{ port: 'metrics', path: '/metrics', interval: '15s' }]);
  });

  test('accepts requests of the ingress and scrapes of Prometheus only', () => {
    const { policyTypes, ingress } = resourceOf('NetworkPolicy').spec ?? {};
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress).toEqual([
      { from: [namespaceOf('ingress-nginx')], ports: [{ port: 'http' }] },
      { from: [namespaceOf('monitoring')], ports: [{ port: 'metrics' }] },
    ]);
  });

  test('connects to DNS, to HTTPS outside of private networks, and to Redis only', () => {
    const [dns, https, redis, ...others] = resourceOf('NetworkPolicy').spec?.egress ?? [];
    expect(others).toEqual([]);
    expect(dns).toEqual({
      to: [namespaceOf('kube-system')],
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' },
      ],
    });
    const privateNetworks = [
      '10.0.0.0/8',
      '100.64.0.0/10',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
    ];
    expect(https).toEqual({
      to: [{ ipBlock: { cidr: '0.0.0.0/0', except: privateNetworks } }],
      ports: [{ port: 443 }],
    });
    expect(redis).toEqual({ to: [namespaceOf('redis')], ports: [{ port: 6379 }] });
  });

  test('has a rule to uncomment for Sentinel, a proxy and IPv6 each, and the page says when', () => {
    const text = readPage('deploy/kubernetes/network-policy.yaml');
    const policy = new models.NetworkPolicy(parse(text.replace(/^ {4}# (?=- | {2})/gm, '    ')));
    policy.validate();
    expect(policy.spec?.egress?.slice(3)).toEqual([
      { to: [namespaceOf('redis')], ports: [{ port: 26379 }] },
      { to: [namespaceOf('proxy')], ports: [{ port: 3128 }] },
      { to: [{ ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } }], ports: [{ port: 443 }] },
    ]);
    for (const word of ['Sentinel', '`HTTPS_PROXY`', 'IPv6', '`HOST=::`']) {
      expect(sectionBelow(page, 'Kubernetes')).toContain(word);
    }
  });
});
