/** Something that whoever started the command can put right; the message says what and how, and no stack is shown. */
export class UserFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UserFault';
  }
}
