import { existsSync } from 'node:fs';

/** Whether a container engine answers; an installed client proves nothing. */
export async function containerEngineAnswers(): Promise<boolean> {
  const mayExist =
    process.env['DOCKER_HOST'] !== undefined ||
    existsSync('/var/run/docker.sock') ||
    existsSync(`${process.env['XDG_RUNTIME_DIR'] ?? '/nowhere'}/docker.sock`) ||
    existsSync(`${process.env['HOME'] ?? '/nowhere'}/.docker/run/docker.sock`) ||
    process.platform === 'win32';
  if (!mayExist) return false;
  // Loaded only here: it is large, and most runs do not need it.
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}
