/** What kustomize builds from deploy/kubernetes. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service } from 'kubernetes-models/v1';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isMissing } from '../support/is-missing.ts';

export const isKubectlMissing = isMissing('/usr/bin/kubectl');

/** The name of everything. */
export const name = 'dashly-graphql-gateway';

/** The model of each kind. */
export const models = {
  Namespace,
  ConfigMap,
  Service,
  Deployment,
  PodDisruptionBudget,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  ServiceMonitor,
} as const;

export type Kind = keyof typeof models;

export interface Resource {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
}

export type Labels = Readonly<Record<string, string>>;

/** Empty without kubectl. */
export const resources: readonly Resource[] = isKubectlMissing ? [] : build();

function build(): readonly Resource[] {
  const folder = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url));
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** The only resource of this kind. */
export function resourceOf<K extends Kind>(kind: K): InstanceType<(typeof models)[K]> & Resource {
  const [found, ...others] = resources.filter((resource) => resource.kind === kind);
  expect([found?.kind, others]).toEqual([kind, []]);
  return found as InstanceType<(typeof models)[K]> & Resource;
}

/** The pod of the Deployment, and its only container. */
export function podOf() {
  const pod = resourceOf('Deployment').spec?.template.spec;
  const [container, ...others] = pod?.containers ?? [];
  if (!pod || !container || others.length > 0) throw new Error('There is not one container.');
  return { pod, container };
}

/** The environment variables of the container. */
export function environment(): Readonly<Record<string, string>> {
  return resourceOf('ConfigMap').data ?? {};
}
