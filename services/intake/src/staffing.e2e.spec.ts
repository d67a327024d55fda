import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runIntake, type RunningIntake } from './running-intake.spec-kit.js';

const path = '/v1/policies/sourcegraph/staffing';
const figure = { team: 10, away: 3, who: 'Mia' };
const token = 'a-token-that-is-long-enough';
const authorization = { authorization: `Bearer ${token}` };

describe('the staffing of a desk', () => {
  let running: RunningIntake;
  beforeAll(async () => {
    running = await runIntake({ INTAKE_TOKENS: token });
  });
  afterAll(() => running.stop());

  it('is taken with who says so, answered, and every figure is kept', async () => {
    expect((await running.send('GET', path, undefined, authorization)).body).toMatchObject({ code: 'no_staffing' });
    expect(await running.send('PUT', path, figure, authorization)).toMatchObject({
      status: 200,
      body: { policy: 'sourcegraph', ...figure, since: '2026-03-02T12:00:00.000Z' },
    });
    await running.send('PUT', path, { ...figure, away: 4 }, authorization);
    expect((await running.send('GET', path, undefined, authorization)).body).toMatchObject({ team: 10, away: 4 });
    const kept = await running.dataSource.query('SELECT away FROM config.staffing ORDER BY figure');
    expect(kept).toEqual([{ away: 3 }, { away: 4 }]);
  });

  it.each([
    ['nobody in the team', { ...figure, team: 0, away: 0 }, '/team', 'a desk has at least one person'],
    ['more away than there are', { ...figure, away: 11 }, '/away', 'no more people can be away than the team has'],
    ['fewer away than none', { ...figure, away: -1 }, '/away', 'expected 0 or more'],
    ['half a person', { ...figure, away: 0.5 }, '/away', 'expected a whole number of people'],
    ['words', { ...figure, team: 'ten' }, '/team', 'expected a whole number of people'],
    ['nobody who says so', { team: 10, away: 3 }, '/who', 'Invalid input: expected string, received undefined'],
    ['what it does not know', { ...figure, until: 'noon' }, '', 'Unrecognized key: "until"'],
  ])('is refused with %s', async (_what, body, at, detail) => {
    expect((await running.send('PUT', path, body, authorization)).body).toMatchObject({
      status: 422,
      code: 'invalid_request',
      problems: [{ path: at, detail }],
    });
  });

  it('is refused for a policy that is not published, and from a stranger', async () => {
    const nobody = await running.send('PUT', '/v1/policies/nobody/staffing', figure, authorization);
    expect(nobody.body).toMatchObject({ status: 404, code: 'unknown_policy' });
    expect((await running.send('PUT', path, figure)).body).toMatchObject({ status: 401, code: 'unauthorized' });
  });
});
