import type { Phrasebook } from '../text-template.js';

export const english: Phrasebook = {
  tickets: {
    outage: [
      {
        subject: 'Production is down: {feature}',
        body: 'Since {time} our production environment is down. {feature} is completely unavailable and none of our {count} users can work. There is no workaround, and this is business critical for us.',
      },
      {
        subject: 'Outage in production, nobody can use {feature}',
        body: 'Hello, {feature} has stopped responding in production for all users. Every request ends in an error 503. We cannot work around it, all of {customer} is affected, and our business depends on it entirely.',
      },
      {
        subject: 'URGENT: total outage',
        body: 'Production went down at {time}. Nothing works any more, {feature} included. All {count} people here are blocked; it is mission critical, please call us.',
      },
    ],
    broken: [
      {
        subject: '{feature} fails in production',
        body: 'In production {feature} has not worked since {time}: every attempt fails with an error. The rest of the platform is available. We have found no workaround so far.',
      },
      {
        subject: 'Error in {feature} on our live system',
        body: 'Our live environment shows an error whenever we use {feature}. About {count} users are affected and we know of no workaround.',
      },
      {
        subject: '{feature} stopped working this morning',
        body: 'Yesterday it was fine. Since {time} {feature} does not work in production, and we cannot finish our work without it.',
      },
    ],
    degraded: [
      {
        subject: '{feature} is very slow today',
        body: 'Production is up, but {feature} is slow: some requests take {count} seconds, others time out and work on the second attempt. It is intermittent.',
      },
      {
        subject: 'Intermittent errors in {feature}',
        body: 'Some of our users see intermittent errors in {feature} in production since {time}. Performance is degraded, but most of the work gets done.',
      },
    ],
    workaround: [
      {
        subject: '{feature} broken, we use a workaround',
        body: '{feature} fails in production for some users. As a workaround we export the data by hand, which costs us an hour a day.',
      },
      {
        subject: 'Production issue with {feature} (workaround exists)',
        body: 'When we run {feature} with more than {count} entries it fails. Splitting the list works around the problem for now.',
      },
    ],
    minor: [
      {
        subject: 'Wrong date format in {feature}',
        body: 'The data is right, but {feature} shows dates in the wrong format. It is only cosmetic and does not stop anyone.',
      },
      {
        subject: 'Typo in {feature}',
        body: 'There is a small typo in the heading of {feature}. Just a cosmetic issue, no inconvenience.',
      },
      {
        subject: 'Column order in {feature}',
        body: 'The formatting of the export from {feature} is off: two columns are swapped. The content is correct and usable.',
      },
    ],
    how_to: [
      {
        subject: 'How do I set up {feature}?',
        body: 'Could you explain how to configure {feature} for a team of {count}? I could not find it in the documentation.',
      },
      {
        subject: 'Question about {feature}',
        body: 'I have a general question: is it possible to limit {feature} to certain groups? How would I do that?',
      },
      {
        subject: 'Where can I find the logs of {feature}?',
        body: 'Just a quick question. Where do I find the history of {feature}, and how long is it kept?',
      },
    ],
    feature_request: [
      {
        subject: 'Feature request: dark mode for {feature}',
        body: 'It would be great if {feature} had a dark mode. Please consider this as a feature request.',
      },
      {
        subject: 'Enhancement: filters in {feature}',
        body: 'We would like to suggest an enhancement: saved filters in {feature}. Is this on your roadmap?',
      },
    ],
    staging: [
      {
        subject: '{feature} down on staging',
        body: 'Our staging environment is down: {feature} does not start after the upgrade. Production is not affected.',
      },
      {
        subject: 'Building a new workflow with {feature}',
        body: 'We are still building and testing this in our development environment; it is not in production yet. {feature} returns an error when we run the test.',
      },
      {
        subject: 'Test environment: {feature} cannot connect',
        body: 'In the test environment {feature} cannot connect. We plan to go live in {count} days.',
      },
    ],
    beta: [
      {
        subject: 'Beta: {feature} crashes',
        body: 'We take part in the beta. The preview of {feature} crashes when opened. No hurry, but you may want to know.',
      },
      {
        subject: 'Feedback on the {feature} preview',
        body: 'We tried the developer preview of {feature} with {count} records and it stopped half way.',
      },
    ],
  },
  firstReply: [
    'Thank you for the report. I am looking into it and will come back to you shortly.',
    'Hello, I have reproduced this on our side and am checking the logs.',
    'Thanks for getting in touch. I have taken over your ticket and started the analysis.',
  ],
  askBack: [
    'Could you send us the exact time of the last occurrence and the identifier of the request?',
    'Which version are you on, and does it also happen for other users?',
  ],
  answer: [
    'We have found the cause and are preparing a fix. I will tell you when it is rolled out.',
    'A change to your configuration should solve this; the steps are attached.',
    'An update: the fix is being tested now.',
  ],
  solved: [
    'The fix is live. I am marking the ticket as solved; just answer if anything is left.',
    'Glad this helped. I am closing this as solved.',
  ],
  requesterAnswer: [
    'It happened at {time} and for all of my colleagues.',
    'Here is what you asked for: we run the latest version, {count} users see it.',
    'Yes, it happens every time.',
  ],
  thanks: ['Thanks!', 'Perfect, thank you very much.'],
  reopen: ['Unfortunately it has come back today.', 'This is not solved: we see the same error again.'],
  nudge: ['Is there any news?', 'Could you give us an update, please?'],
  autoReply: 'We have received your message and will answer as soon as we can. This is an automatic message.',
};
