import { commonVariables, readConfig, type Environment } from '@punctual/service-kit';
import { z } from 'zod';

/** The environment of the classifier. */
export const classifierVariables = z.object({ ...commonVariables });

export type ClassifierConfig = z.infer<typeof classifierVariables>;

/** @throws ConfigError */
export function readClassifierConfig(env: Environment): ClassifierConfig {
  return readConfig(classifierVariables, env);
}
