import { describe, expect, it } from 'vitest';
import { attainmentTable } from './attainment-table.js';
import { notCoveredIn, type AttainmentAnswer } from './sla-clock-client.js';

const row: AttainmentAnswer = {
  target: 'first_response',
  priority: 'P1',
  commitment: 'guaranteed',
  kept: 1_200,
  breached: 3,
  missed: 0,
  running: 2,
  paused: 0,
  attainment: 0.9975,
};

describe('the attainment table', () => {
  it('counts as at risk what runs past a warning threshold, and shows not covered with its priority once', () => {
    const clock = { target: row.target, priority: 'P1', commitment: row.commitment };
    const lines = attainmentTable([
      {
        name: 'Älvklang',
        attainment: [row, { ...row, commitment: 'objective', breached: 0, missed: 4, running: 0, attainment: null }],
        running: [
          { ...clock, warnings: [{ label: '50%' }, { label: '80%' }] },
          { ...clock, warnings: [] },
        ],
        notCovered: new Map([
          ['P1', 7],
          ['P9', 2],
        ]),
      },
    ]);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      [
        'company',
        'target',
        'priority',
        'commitment',
        'kept',
        'late',
        'attained',
        'running',
        'at risk',
        'paused',
        'not covered',
      ],
      ['Älvklang', 'first_response', 'P1', 'guaranteed', '1,200', '3', '99.8 %', '2', '1', '7'],
      ['', 'first_response', 'P1', 'objective', '1,200', '4'],
      ['', 'none', 'P9', '2'],
    ]);
  });

  it('reads the standing counts of a Prometheus exposition', () => {
    const labels = 'policy="rego",target="",priority="Severity 4",commitment=""';
    const counts = notCoveredIn(
      [
        '# TYPE punctual_sla_total counter',
        `punctual_sla_total{${labels},outcome="not_covered",service="sla-clock"} 9`,
        `punctual_sla_total{${labels},outcome="covered",service="sla-clock"} 50`,
        `punctual_sla_retracted_total{${labels},outcome="not_covered",service="sla-clock"} 2`,
      ].join('\n'),
    );
    expect(counts).toEqual(new Map([['rego', new Map([['Severity 4', 7]])]]));
  });
});
