/** What is not as it must be, and of which ticket (of none: an empty name). */
export interface Complaint {
  readonly ticket: string;
  readonly kind: ComplaintKind;
  readonly what: string;
}

export type ComplaintKind =
  /** Something that was acknowledged, or that the engine says, is not there. */
  | 'lost'
  /** Something is there that was not sent, or that the engine does not say. */
  | 'false'
  | 'twice'
  | 'order'
  /** Taken back although everything came in time. */
  | 'retracted'
  /** A watermark stands before an event that had been acknowledged before the watermark's time. */
  | 'overtaken'
  | 'dead_letter';
