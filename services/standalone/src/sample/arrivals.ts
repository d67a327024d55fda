import type { Instant } from '@punctual/contracts';
import type { Company } from './company.js';
import { localTime } from './office-hours.js';
import type { Random } from './random.js';

const HOUR = 3_600_000;

/** When tickets come on a working day, by local hour: quiet nights, a morning peak, a dip at lunch. */
const weekday = [1, 1, 1, 1, 1, 2, 6, 22, 70, 100, 96, 82, 55, 66, 84, 78, 62, 38, 16, 9, 6, 5, 3, 2];
const weekend = weekday.map((weight) => weight * 0.06);

/** When and where a company's next tickets come from. */
export interface Arrival {
  readonly at: Instant;
  /** The customer's IANA zone. */
  readonly zone: string;
}

/** `count` arrivals in `[from, to)` in time order, following the office days of the company's customers. */
export function arrivals(company: Company, count: number, from: Instant, to: Instant, random: Random): Arrival[] {
  const slots = company.offices.flatMap((office) => hourlySlots(office.zone, office.weight, from, to));
  const total = slots.reduce((sum, slot) => sum + slot.weight, 0);
  const drawn = Array.from({ length: count }, () => {
    let left = random.next() * total;
    const slot = slots.find((candidate) => (left -= candidate.weight) < 0) ?? slots.at(-1);
    if (slot === undefined) throw new RangeError('the range holds no hour');
    return { at: Math.floor(slot.from + random.next() * (slot.to - slot.from)), zone: slot.zone };
  });
  return drawn.sort((a, b) => a.at - b.at);
}

function hourlySlots(zone: string, weight: number, from: Instant, to: Instant) {
  const slots = [];
  for (let at = from; at < to; at += HOUR) {
    const end = Math.min(at + HOUR, to);
    const local = localTime(zone, at);
    const rhythm = local.weekday === 0 || local.weekday === 6 ? weekend : weekday;
    const share = (end - at) / HOUR;
    slots.push({ zone, from: at, to: end, weight: weight * share * (rhythm[Math.floor(local.hour)] ?? 0) });
  }
  return slots;
}
