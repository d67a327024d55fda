import type { Company } from './company.js';

const HOUR = 3_600_000;

/** An automation consultancy in Denver, on objectives by level (pack `rewst`). */
const brackenfold: Company = {
  source: 'brackenfold',
  name: 'Brackenfold Automation',
  policy: 'rewst',
  weight: 26,
  agents: { zone: 'America/Denver', opens: 4, closes: 18 },
  promised: { zone: 'America/New_York', opens: 3, closes: 18 },
  offices: [
    { zone: 'America/Denver', weight: 5, languages: { en: 1 } },
    { zone: 'America/New_York', weight: 3, languages: { en: 1 } },
  ],
  customers: ['oxbarrel-freight', 'lumenhaugh-dental', 'tidewick-credit', 'pinyon-mutual', 'graywhistle-schools'].map(
    (id) => ({ id }),
  ),
  teams: ['workflow-support', 'integrations'],
  channels: { chat: 3, email: 4, portal: 3 },
  choosesIn: [],
  priorities: [
    { name: 'Critical', answerMs: HOUR / 2, aroundTheClock: true },
    { name: 'High', answerMs: 2 * HOUR, aroundTheClock: false },
    { name: 'Medium', answerMs: 6 * HOUR, aroundTheClock: false },
    { name: 'Low', answerMs: 8 * HOUR, aroundTheClock: false },
  ],
  urgency: {
    outage: 0,
    broken: 1,
    degraded: 1,
    workaround: 2,
    minor: 3,
    how_to: 3,
    feature_request: 3,
    staging: 3,
    beta: 3,
  },
  kinds: {
    outage: 3,
    broken: 22,
    degraded: 10,
    workaround: 12,
    minor: 10,
    how_to: 18,
    feature_request: 8,
    staging: 15,
  },
  features: {
    en: [
      'the onboarding workflow',
      'the ticket triage automation',
      'the contract renewal workflow',
      'the invoice sync',
      'the mailbox trigger',
      'the meeting room form',
    ],
  },
  lateShare: 0.07,
};

/** A call centre in Göteborg, on guaranteed first responses by plan (pack `cloudtalk`). */
const alvklang: Company = {
  source: 'alvklang',
  name: 'Älvklang Kundcenter',
  policy: 'cloudtalk',
  weight: 34,
  agents: { zone: 'Europe/Stockholm', opens: 9, closes: 17 },
  promised: { zone: 'Europe/Stockholm', opens: 9, closes: 17 },
  offices: [{ zone: 'Europe/Stockholm', weight: 1, languages: { sv: 9, en: 1 } }],
  customers: [
    { id: 'norrglimt-bokning', plan: 'Advanced' },
    { id: 'sundbarr-elnat', plan: 'Advanced' },
    { id: 'rimfalk-resor', plan: 'Professional' },
    { id: 'kvistlyckan-vard', plan: 'Professional' },
    { id: 'tegelmora-bygg', plan: 'Professional' },
    { id: 'strandvipa-cykel', plan: 'Basic' },
  ],
  teams: ['telefoni', 'integrationer'],
  channels: { 'web-form': 6, email: 3, chat: 1 },
  choosesIn: ['web-form'],
  priorities: [
    { name: 'P1', answerMs: HOUR, aroundTheClock: true },
    { name: 'P2', answerMs: 3 * HOUR, aroundTheClock: false },
    { name: 'P3', answerMs: 6 * HOUR, aroundTheClock: false },
  ],
  urgency: {
    outage: 0,
    broken: 1,
    degraded: 1,
    workaround: 1,
    minor: 2,
    how_to: 2,
    feature_request: 2,
    staging: 2,
    beta: 2,
  },
  kinds: {
    outage: 4,
    broken: 16,
    degraded: 20,
    workaround: 8,
    minor: 6,
    how_to: 26,
    feature_request: 6,
    staging: 8,
    beta: 5,
  },
  features: {
    sv: ['telefonväxeln', 'samtalskön', 'röstbrevlådan', 'inspelningen', 'uppringaren', 'knappvalet'],
    en: ['the phone queue', 'call recording', 'the dialler', 'voicemail'],
  },
  lateShare: 0.08,
};

/** A maker of developer tools with customers in Berlin, Paris and beyond, on contracts beside a common objective (pack `sourcegraph`). */
const tarnquist: Company = {
  source: 'tarnquist',
  name: 'Tarnquist Code Tools',
  policy: 'sourcegraph',
  weight: 22,
  agents: { zone: 'Europe/Berlin', opens: 9, closes: 22 },
  promised: { zone: 'Europe/Berlin', opens: 9, closes: 26 },
  offices: [
    { zone: 'Europe/Berlin', weight: 4, languages: { de: 5, en: 3 } },
    { zone: 'Europe/Paris', weight: 3, languages: { fr: 5, en: 2 } },
    { zone: 'Europe/London', weight: 2, languages: { en: 1 } },
  ],
  customers: [
    { id: 'habichtsee-logistik', tier: 'enterprise' },
    { id: 'moulinclair-assurances', tier: 'enterprise' },
    // The customer of the pack's example of a contract: two promises at once.
    { id: 'example-enterprise', tier: 'enterprise' },
    { id: 'wiesenbach-medizin', tier: 'team' },
    { id: 'ferrybridge-games', tier: 'team' },
    { id: 'lichtfuge-studio', tier: 'free' },
    { id: 'petitvallon-banque', stage: 'pre-sales' },
    { id: 'nuagerie-web', plan: 'cloud', tier: 'team' },
    { id: 'tarnquist-inside', tier: 'internal' },
  ],
  teams: ['product-support', 'self-hosted'],
  channels: { email: 6, chat: 3, portal: 2 },
  choosesIn: [],
  priorities: [
    { name: 'p0', answerMs: 2 * HOUR, aroundTheClock: false },
    { name: 'p1', answerMs: 2 * HOUR, aroundTheClock: false },
    { name: 'p2', answerMs: 2 * HOUR, aroundTheClock: false },
  ],
  urgency: {
    outage: 0,
    broken: 1,
    degraded: 1,
    workaround: 2,
    minor: 2,
    how_to: 2,
    feature_request: 2,
    staging: 2,
    beta: 2,
  },
  kinds: {
    outage: 2,
    broken: 10,
    degraded: 10,
    workaround: 14,
    minor: 12,
    how_to: 34,
    feature_request: 8,
    staging: 8,
    beta: 2,
  },
  features: {
    en: ['code search', 'the batch changes page', 'repository sync', 'single sign-on', 'the editor extension'],
    de: ['die Codesuche', 'der Repository-Abgleich', 'das Single Sign-on', 'die Editor-Erweiterung'],
    fr: ['la recherche de code', 'la synchronisation des dépôts', 'le tableau de bord', 'l’extension de l’éditeur'],
  },
  lateShare: 0.14,
};

/** A project-management consultancy in São Paulo and Lisbon, on target first responses by severity (pack `rego`). */
const juruvento: Company = {
  source: 'juruvento',
  name: 'Juruvento Projetos',
  policy: 'rego',
  weight: 18,
  agents: { zone: 'America/Sao_Paulo', opens: 9, closes: 20 },
  promised: { zone: 'America/New_York', opens: 8, closes: 18 },
  offices: [
    { zone: 'America/Sao_Paulo', weight: 5, languages: { pt: 6, en: 1 } },
    { zone: 'Europe/Lisbon', weight: 2, languages: { pt: 3, en: 1 } },
    { zone: 'America/Bogota', weight: 2, languages: { es: 1 } },
  ],
  customers: [
    'vagalume-energia',
    'torrebranca-seguros',
    'mirantes-do-vale',
    'cordilla-minerales',
    'azulejaria-norte',
  ].map((id) => ({ id })),
  teams: ['suporte-ppm', 'integracoes'],
  channels: { portal: 1 },
  choosesIn: ['portal'],
  priorities: [
    { name: 'Severity 1', answerMs: HOUR, aroundTheClock: true },
    { name: 'Severity 2', answerMs: 2 * HOUR, aroundTheClock: false },
    { name: 'Severity 3', answerMs: 4 * HOUR, aroundTheClock: false },
    { name: 'Severity 4', answerMs: 8 * HOUR, aroundTheClock: false },
  ],
  urgency: {
    outage: 0,
    broken: 1,
    degraded: 2,
    workaround: 2,
    minor: 2,
    how_to: 3,
    feature_request: 3,
    staging: 2,
    beta: 3,
  },
  kinds: { outage: 3, broken: 17, degraded: 15, workaround: 10, minor: 12, how_to: 26, feature_request: 9, staging: 8 },
  features: {
    pt: ['o painel de portfólio', 'o cronograma', 'a folha de horas', 'o relatório de custos', 'a integração contábil'],
    es: ['el panel de cartera', 'el cronograma', 'la hoja de horas', 'el informe de costos'],
    en: ['the portfolio board', 'the timesheet', 'the cost report', 'the schedule view'],
  },
  lateShare: 0.1,
};

/** The sample's companies. Every name is invented. */
export const companies: readonly Company[] = [brackenfold, alvklang, tarnquist, juruvento];
