import type { Phrasebook } from '../text-template.js';

export const french: Phrasebook = {
  tickets: {
    outage: [
      {
        subject: 'Production en panne : {feature}',
        body: 'Depuis {time} notre environnement de production est en panne. {feature} est totalement indisponible et aucun de nos {count} utilisateurs ne peut travailler. Il n’y a pas de solution de contournement.',
      },
      {
        subject: 'Panne totale en production',
        body: 'Bonjour, {feature} ne répond plus en production pour tous les utilisateurs. Toute la société {customer} est bloquée.',
      },
    ],
    broken: [
      {
        subject: '{feature} ne fonctionne pas',
        body: 'En production {feature} ne fonctionne plus depuis {time}. Le reste est disponible. Nous n’avons trouvé aucun contournement.',
      },
      {
        subject: 'Erreur dans {feature}',
        body: 'Notre environnement de production affiche une erreur à chaque utilisation de {feature}. Environ {count} utilisateurs sont touchés.',
      },
    ],
    degraded: [
      {
        subject: '{feature} est très lent',
        body: 'La production répond, mais {feature} est lent : certaines requêtes prennent {count} secondes. Le problème est intermittent.',
      },
    ],
    workaround: [
      {
        subject: '{feature} en erreur, contournement trouvé',
        body: '{feature} échoue en production pour certains utilisateurs. Comme solution de contournement, nous exportons les données à la main.',
      },
    ],
    minor: [
      {
        subject: 'Format de date incorrect dans {feature}',
        body: 'Les données sont justes, mais {feature} affiche les dates dans le mauvais format. C’est seulement cosmétique.',
      },
    ],
    how_to: [
      {
        subject: 'Comment configurer {feature} ?',
        body: 'Pouvez-vous expliquer comment configurer {feature} pour une équipe de {count} personnes ? Je ne le trouve pas dans la documentation.',
      },
      {
        subject: 'Question sur {feature}',
        body: 'Une question générale : est-il possible de limiter {feature} à certains groupes ?',
      },
    ],
    feature_request: [
      {
        subject: 'Demande de fonctionnalité : filtres dans {feature}',
        body: 'Nous aimerions des filtres enregistrés dans {feature}. Merci de noter cette demande d’amélioration.',
      },
    ],
    staging: [
      {
        subject: '{feature} en panne en préproduction',
        body: 'Notre environnement de test est en panne : {feature} ne démarre plus. La production n’est pas touchée.',
      },
    ],
    beta: [
      {
        subject: 'Bêta : {feature} plante',
        body: 'Nous participons à la bêta. La préversion de {feature} plante à l’ouverture.',
      },
    ],
  },
  firstReply: [
    'Merci pour votre message. Je regarde et je reviens vers vous rapidement.',
    'Bonjour, j’ai reproduit le problème et j’analyse les journaux.',
  ],
  askBack: ['Pouvez-vous nous donner l’heure exacte de la dernière occurrence ?'],
  answer: [
    'Nous avons trouvé la cause et préparons un correctif.',
    'Un point d’étape : le correctif est en cours de test.',
  ],
  solved: ['Le correctif est en place. Je marque le ticket comme résolu ; répondez si besoin.'],
  requesterAnswer: [
    'C’est arrivé à {time}, pour tous mes collègues.',
    'Voici les informations : dernière version, {count} utilisateurs concernés.',
  ],
  thanks: ['Merci !', 'Parfait, merci beaucoup.'],
  reopen: ['Malheureusement le problème est revenu aujourd’hui.'],
  nudge: ['Avez-vous des nouvelles ?', 'Pourriez-vous nous faire un point, s’il vous plaît ?'],
  autoReply: 'Nous avons bien reçu votre message et répondrons dès que possible. Ceci est un message automatique.',
};
