import type { Instant } from '@punctual/contracts';
import { contentKey } from './draft.js';
import type { SurgeInterval } from './engine-input.js';
import type { SurgeSeen, TicketState } from './ticket-state.js';

/** The beginning or the end of a surge. */
export interface SurgeEdge {
  readonly at: Instant;
  readonly begins: boolean;
  /** Id of the record that said so. */
  readonly id: string;
}

/** Of a desk that never had more to do than it can. */
export const noSurgeSeen: SurgeSeen = { open: false, edges: 0, digest: '' };
const noSurges: readonly SurgeInterval[] = [];
const noEdges: readonly SurgeEdge[] = [];

/** Edges in order. One that both begins and ends at an instant is none. */
export function surgeEdges(surges: readonly SurgeInterval[] = noSurges): readonly SurgeEdge[] {
  if (surges.length === 0) return noEdges;
  return surges
    .filter(({ from, to }) => to === null || from < to)
    .flatMap(({ from, to, startedBy, endedBy }): SurgeEdge[] => [
      { at: from, begins: true, id: startedBy },
      ...(to === null ? [] : [{ at: to, begins: false, id: endedBy ?? startedBy }]),
    ]);
}

/** The surges of a ticket's desk during a fold: which edges are behind it, which is next. What was seen stands in the ticket's state. */
export class Surges {
  constructor(
    private readonly state: TicketState,
    private readonly edges: readonly SurgeEdge[],
  ) {
    state.surge ??= noSurgeSeen;
  }

  /** The next edge; null where none is known. */
  next(): SurgeEdge | null {
    return this.edges[this.seen().edges] ?? null;
  }

  /** Leaves the next edge behind. */
  pass(edge: SurgeEdge): void {
    const { edges, digest } = this.seen();
    this.state.surge = { open: edge.begins, edges: edges + 1, digest: digestWith(digest, edge) };
  }

  private seen(): SurgeSeen {
    return this.state.surge ?? noSurgeSeen;
  }
}

/** When the first surge began or ended that a state has not seen; null where none is known. */
export function nextEdgeAt(state: TicketState, edges: readonly SurgeEdge[]): Instant | null {
  return edges[(state.surge ?? noSurgeSeen).edges]?.at ?? null;
}

/** Whether the edges a state has seen are those now known, and the next one lies after all that was folded. */
export function surgesContinue(state: TicketState, edges: readonly SurgeEdge[]): boolean {
  const seen = state.surge ?? noSurgeSeen;
  if (edges.length < seen.edges) return false;
  if (edges.length === 0) return true;
  if (edges.slice(0, seen.edges).reduce(digestWith, '') !== seen.digest) return false;
  const next = edges[seen.edges];
  // A creation that is claimed for later than the events lies after them all.
  const folded = [state.lastKey?.[0], state.lastFiredAt, state.createdAt].map((at) => at ?? -Infinity);
  return next === undefined || next.at > Math.max(...folded);
}

function digestWith(digest: string, { at, begins, id }: SurgeEdge): string {
  return contentKey([digest, at, begins ? 1 : 0, id]);
}
