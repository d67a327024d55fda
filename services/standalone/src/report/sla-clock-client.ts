/** The SLA clock's HTTP API as any reader sees it. */
export class SlaClockClient {
  constructor(readonly url: string) {}
}
