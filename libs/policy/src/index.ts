export * from './compiled-policy.js';
export { builtInPack, builtInPackNames, type BuiltInPack, type BuiltInPackName } from './built-in-packs.js';
export { compilePolicy, type DeskPolicy } from './compile-policy.js';
export { formatDiagnostic, hasErrors, type Diagnostic, type Severity } from './diagnostic.js';
export type { PolicyDocument } from './document/policy-document.js';
export { loadPolicy, type LoadedPolicy } from './load-policy.js';
export type { RequestMade, RequestVerdict } from './request-rules.js';
export { DEFAULT_HORIZON, resolvePolicy, type PolicyHorizon, type ResolvedPolicy } from './resolve-policy.js';
