export {
  commonVariables,
  ConfigError,
  flag,
  readConfig,
  wholeNumber,
  type CommonConfig,
  type ConfigProblem,
  type Environment,
} from './config.js';
export { CLOCK, systemClock, type Clock } from './clock.js';
export { createLogger, LOGGER, ServiceLogger, type LoggerOptions } from './logger.js';
export { createMetrics, METRICS, type ServiceMetrics } from './metrics.js';
export { addLagGauge, type PartitionLag } from './lag-gauge.js';
export {
  assembleService,
  type Assembled,
  type OpenLog,
  type ServiceDescription,
  type ServiceOptions,
  type ServiceParts,
} from './assemble-service.js';
export { Health, type NotReady, type ReadinessCheck } from './health.js';
export {
  ProblemError,
  databaseUnavailable,
  problemDocument,
  type ProblemDocument,
  type ProblemEntry,
  type ProblemFields,
} from './problem.js';
export { openApiSchema, type OpenApiOptions, type OpenApiSchema } from './open-api.js';
export { startHttp, type HttpOptions, type HttpService } from './http.js';
export { failToStart } from './fail-to-start.js';
export { stopOnSignals } from './stop-on-signals.js';
export {
  createDataSource,
  openDataSource,
  databaseAnswers,
  DatabaseUnavailable,
  isDatabaseDown,
  type DatabaseOptions,
} from './database.js';
export { SteadyClient } from './steady-client.js';
export { watchClockSkew } from './clock-skew.js';
export { PolicyVersionEntity, type PolicyMode, type PolicyVersionRow } from './policy-version.entity.js';
export { DeskDeclarations, type DeskDeclaration, type DeskIntent } from './desk-declarations.js';
export { DeskFigures1790001000000 } from './desk-figures.migration.js';
export { Leadership, type Election, type LeaderSession } from './leadership.js';
export { Staffing, type StaffingFigure } from './staffing.js';
export { SurgeDeclarations1790000700000 } from './surge-declaration.migration.js';
export { PolicyVersions1735689600000 } from './policy-version.migration.js';
export {
  POLICY_VERSIONS,
  PolicyVersions,
  type PolicyPublication,
  type PolicySummary,
  type PolicyVersion,
} from './policy-versions.js';
export { PinnedPolicies, type PublishedSchedule } from './pinned-policies.js';
