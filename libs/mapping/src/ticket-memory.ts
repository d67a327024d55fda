/** What has to be known of a ticket's earlier rows: plain JSON, a few hundred bytes. */
export interface TicketMemory {
  /** Rows seen so far, of whatever outcome: the next row's place in its ticket. */
  readonly rows: number;
  readonly created: boolean;
  readonly status: { readonly name: string; readonly category: string } | null;
  readonly assignee: { readonly person: string | null; readonly team: string | null };
  readonly priority: string | null;
}

export const noMemory: TicketMemory = {
  rows: 0,
  created: false,
  status: null,
  assignee: { person: null, team: null },
  priority: null,
};
