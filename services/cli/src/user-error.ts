/** Something the caller can mend. It ends the command with exit code 2 and is shown without a stack: what, where, how to fix. */
export class UserError extends Error {
  constructor(
    readonly what: string,
    readonly hints: { readonly where?: string; readonly fix?: string } = {},
    readonly exitCode: 1 | 2 = 2,
  ) {
    super(what);
    this.name = 'UserError';
  }
}

/** A failure of the file system, said in words; anything else is returned as it is. */
export function readableFailure(error: unknown, path: string, doing: 'read' | 'write'): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const why: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'a folder on the way to it is a file',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    EMFILE: 'too many files are open',
  };
  const reason = code === undefined ? undefined : why[code];
  if (reason === undefined) return error;
  return new UserError(`cannot ${doing} ${path}: ${reason}`, { where: path, fix: 'check the path' });
}
