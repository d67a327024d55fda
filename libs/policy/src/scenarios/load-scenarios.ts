import { hasErrors, type Diagnostic, type Finding } from '../diagnostic.js';
import { inFileOrder } from '../load-policy.js';
import { schemaFindings } from '../schema-findings.js';
import { parseWallDuration } from '../wall-duration.js';
import { YamlSource } from '../yaml-source.js';
import { ScenarioFile } from './scenario.js';

export interface LoadedScenarios {
  /** Null where a diagnostic is an error. */
  readonly file: ScenarioFile | null;
  readonly diagnostics: readonly Diagnostic[];
  /** The line of each scenario in the text, 1-based, for messages of whoever runs them. */
  readonly lines: readonly number[];
}

/** Reads a `*.scenarios.yaml`. Never throws for bad input. */
export function loadScenarios(yamlText: string, fileName: string): LoadedScenarios {
  const source = new YamlSource(yamlText, fileName);
  if (source.problems.length > 0) return { file: null, diagnostics: source.problems, lines: [] };
  const value = source.value;
  const parsed = ScenarioFile.safeParse(value);
  const findings = parsed.success ? lint(parsed.data) : schemaFindings(parsed.error.issues, value);
  const diagnostics = inFileOrder(findings.map((finding) => source.locate(finding)));
  if (!parsed.success || hasErrors(diagnostics)) return { file: null, diagnostics, lines: [] };
  const lines = parsed.data.scenarios.map((_, index) => lineOf(source, index));
  return { file: parsed.data, diagnostics, lines };
}

function lineOf(source: YamlSource, index: number): number {
  return source.locate({ severity: 'info', code: 'scenario', message: '', path: ['scenarios', index] }).line;
}

type Line = ScenarioFile['scenarios'][number]['timeline'][number];

/** Whether a line asks for what somebody is told of, and can answer. */
function isEscalated(line: Line | undefined): boolean {
  return line?.request === 'escalation' || line?.request === 'concern' || line?.asks === 'escalation';
}

function lint({ scenarios }: ScenarioFile): Finding[] {
  return scenarios.flatMap(({ name, ticket, timeline, until, expect }, index): Finding[] => {
    const path = ['scenarios', index];
    const error = (code: string, message: string, place: Finding['path'], suggestion: string): Finding => ({
      severity: 'error',
      code,
      message,
      path: place,
      suggestion,
    });
    const first = scenarios.findIndex((other) => other.name === name);
    const last = Math.max(ticket.createdAt, ...timeline.map(({ at }) => at));
    return [
      ...(first < index
        ? [error('duplicate_name', `two scenarios are called '${name}'`, [...path, 'name'], 'rename one of them')]
        : []),
      ...(until !== undefined && until < last
        ? [error('ends_early', 'the scenario ends before its last event', [...path, 'until'], 'use a later time')]
        : []),
      ...(expect.clocks ?? []).flatMap(({ elapsed }, clock) =>
        elapsed === undefined || parseWallDuration(elapsed) !== null
          ? []
          : [
              error(
                'invalid_duration',
                `'${elapsed}' is no duration`,
                [...path, 'expect', 'clocks', clock, 'elapsed'],
                "write '1h30m'",
              ),
            ],
      ),
      ...(expect.escalations ?? []).flatMap(({ line }, escalation) =>
        line === undefined || isEscalated(timeline[line - 1])
          ? []
          : [
              error(
                'no_such_escalation',
                `line ${line} of the timeline asks for no escalation`,
                [...path, 'expect', 'escalations', escalation, 'line'],
                'count lines from 1, or name a step',
              ),
            ],
      ),
      ...timeline.flatMap(({ acknowledge, resolve, reason, resources }, index): Finding[] => {
        const answered = acknowledge ?? resolve;
        if (answered === undefined) return [];
        const place = [...path, 'timeline', index];
        if (typeof answered === 'number' && !isEscalated(timeline[answered - 1])) {
          const message = `line ${answered} of the timeline asks for no escalation`;
          return [error('no_such_escalation', message, place, "count lines from 1, or write 'latest'")];
        }
        if (resolve === undefined || resources !== undefined || reason !== undefined) return [];
        return [error('no_resolution', 'it says not how it is resolved', place, "add 'resources' or a 'reason'")];
      }),
      ...(expect.requests ?? []).flatMap(({ line }, request) =>
        line === 0 || (timeline[line - 1]?.request ?? timeline[line - 1]?.asks) !== undefined
          ? []
          : [
              error(
                'no_such_request',
                `line ${line} of the timeline is no request`,
                [...path, 'expect', 'requests', request, 'line'],
                'count lines from 1; 0 is the ticket itself',
              ),
            ],
      ),
    ];
  });
}
