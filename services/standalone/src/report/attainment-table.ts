import type { SlaClockClient } from './sla-clock-client.js';
export async function attainmentTable(_clock: SlaClockClient, _names: ReadonlyMap<string, string>): Promise<string[]> {
  return [];
}
