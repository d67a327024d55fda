import { commonVariables, readConfig, wholeNumber, type Environment } from '@punctual/service-kit';
import { z } from 'zod';

/** The environment of the classifier. */
export const classifierVariables = z.object({
  ...commonVariables,
  CLASSIFIER_KEPT_DAYS: wholeNumber(1, 36_500)
    .prefault('118')
    .describe('Set it to the days that the classifier keeps what it knows of a ticket that is over.'),
});

export type ClassifierConfig = z.infer<typeof classifierVariables>;

/** @throws ConfigError */
export function readClassifierConfig(env: Environment): ClassifierConfig {
  return readConfig(classifierVariables, env);
}
