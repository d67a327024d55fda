import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface BrokerKeys {
  /** A PKCS #12 file with the broker's key and its certificate for 127.0.0.1 and localhost. */
  readonly keystore: string;
  readonly password: string;
  /** PEM of the authority that signed it. */
  readonly ca: string;
}

/** Makes an authority and a broker's key that it signs, new ones each time, with the `keytool` that every Java brings. */
export async function makeBrokerKeys(directory: string): Promise<BrokerKeys> {
  const keystore = join(directory, 'broker.p12');
  const certificate = join(directory, 'authority.pem');
  // It guards keys that live as long as a test.
  const password = 'changeit';
  const keytool = (command: string, alias: string, ...more: string[]): Promise<unknown> =>
    run('keytool', [
      ...['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC'],
      ...[command, '-alias', alias, '-keystore', keystore, '-storetype', 'PKCS12', '-storepass', password],
      ...more,
    ]);
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '30', '-dname'];
  await keytool(
    '-genkeypair',
    'authority',
    ...key,
    'CN=authority of a test',
    '-ext',
    'bc:c',
    '-ext',
    'ku:c=keyCertSign',
  );
  const names = ['-ext', 'san=ip:127.0.0.1,dns:localhost'];
  await keytool('-genkeypair', 'broker', ...key, 'CN=broker', '-signer', 'authority', ...names);
  await keytool('-exportcert', 'authority', '-rfc', '-file', certificate);
  // A broker that finds two keys may show either.
  await keytool('-delete', 'authority');
  return { keystore, password, ca: await readFile(certificate, 'utf8') };
}
