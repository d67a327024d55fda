import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStartOptions } from './start-options.js';

describe('the options of a start', () => {
  it('has a default for everything', () => {
    expect(readStartOptions([], {})).toEqual({
      data: resolve('.punctual'),
      empty: false,
      sampleTickets: 2_000,
      policies: [],
      ports: {
        intake: { port: 4100, asked: false },
        classifier: { port: 4101, asked: false },
        slaClock: { port: 4102, asked: false },
      },
      databaseUrl: null,
      kafka: null,
    });
  });

  it('takes flags over the environment, and several policies', () => {
    const options = readStartOptions(
      [
        '--data',
        '/tmp/a',
        '--empty',
        '--policy',
        '/x.yaml',
        '--policy=/y.yaml',
        '--port-intake',
        '5000',
        '--sample-tickets',
        '80',
      ],
      { PUNCTUAL_DATA: '/tmp/b', PORT_INTAKE: '6000', PORT_SLA_CLOCK: '6002', DATABASE_URL: 'postgresql://h/d' },
    );
    expect(options).toMatchObject({
      data: '/tmp/a',
      empty: true,
      sampleTickets: 80,
      policies: ['/x.yaml', '/y.yaml'],
      ports: { intake: { port: 5_000, asked: true }, slaClock: { port: 6_002, asked: true } },
      databaseUrl: 'postgresql://h/d',
    });
  });

  it('takes port 0 as any free one, which never collides', () => {
    expect(readStartOptions(['--port-intake', '0'], {})?.ports.intake).toEqual({ port: 0, asked: false });
  });

  it.each([
    ['an unknown flag', ['--emtpy'], {}, /--emtpy[\s\S]*Usage/],
    ['a port beyond the last', ['--port-intake', '70000'], {}, /--port-intake is '70000'/],
    ['too small a sample', ['--sample-tickets', '5'], {}, /60 to 20000/],
  ])('refuses %s and says what to do', (_what, args, env, message) => {
    expect(() => readStartOptions(args, env)).toThrow(message);
  });

  it.each([
    ['brings a Kafka with --kafka', ['--kafka'], {}, { brokers: null }],
    ['uses the cluster that KAFKA_BROKERS names', [], { KAFKA_BROKERS: 'k:9092' }, { brokers: 'k:9092' }],
    ['uses it with --kafka, too', ['--kafka'], { KAFKA_BROKERS: 'k:9092' }, { brokers: 'k:9092' }],
  ])('%s, and keeps that store apart', (_what, args, env, kafka) => {
    expect(readStartOptions(args, env)).toMatchObject({ kafka, data: resolve('.punctual-kafka') });
    expect(readStartOptions([...args, '--data', '/x'], env)?.data).toBe('/x');
  });

  it('asks for help before it judges anything else', () => {
    expect(readStartOptions(['--help', '--port-intake', '70000'], {})).toBeNull();
  });
});
