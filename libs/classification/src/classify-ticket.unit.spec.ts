import { builtInPack, compilePolicy, resolvePolicy } from '@punctual/policy';
import { describe, expect, it } from 'vitest';
import { classifyTicket } from './classify-ticket.js';

const document = builtInPack('cloudtalk')?.document;
if (!document) throw new Error('the pack cloudtalk is not there');
const cloudtalk = compilePolicy(resolvePolicy(document));
const question = { id: '1', subject: 'How do I add a user?', body: 'I would like to know how to add users.' };

describe('the coverage of a ticket on its own', () => {
  it('is open to the plans that promise something where the ticket names none', () => {
    const { covered, reason } = classifyTicket(question, cloudtalk);
    expect(covered).toBe(true);
    expect(reason).toMatch(/the ticket names no plan, covered under Professional, Advanced$/);
  });

  it('is the plan’s where the ticket names one', () => {
    expect(classifyTicket({ ...question, plan: 'Professional' }, cloudtalk).covered).toBe(true);
    const basic = classifyTicket({ ...question, plan: 'Basic' }, cloudtalk);
    expect([basic.covered, basic.reason.includes('not covered')]).toEqual([false, true]);
  });

  it('is refused by an exclusion whatever the plan', () => {
    expect(classifyTicket({ ...question, stage: 'beta' }, cloudtalk).covered).toBe(false);
  });
});
