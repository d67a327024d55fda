import type { Phrasebook } from '../text-template.js';

export const german: Phrasebook = {
  tickets: {
    outage: [
      {
        subject: 'Produktion steht still: {feature}',
        body: 'Seit {time} Uhr ist unsere Produktionsumgebung ausgefallen. {feature} ist nicht erreichbar, keiner unserer {count} Benutzer kann arbeiten. Es gibt keinen Workaround.',
      },
      {
        subject: 'Totalausfall in der Produktion',
        body: 'Guten Tag, {feature} antwortet in der Produktion niemandem mehr. Ganz {customer} ist betroffen, wir können den Fehler nicht umgehen.',
      },
    ],
    broken: [
      {
        subject: '{feature} funktioniert nicht',
        body: 'In der Produktion funktioniert {feature} seit {time} Uhr nicht mehr. Der Rest ist erreichbar. Eine Umgehung haben wir nicht gefunden.',
      },
      {
        subject: 'Fehler in {feature} im Livesystem',
        body: 'Unser Livesystem zeigt bei jeder Verwendung von {feature} einen Fehler. Etwa {count} Benutzer sind betroffen.',
      },
    ],
    degraded: [
      {
        subject: '{feature} ist sehr langsam',
        body: 'Die Produktion läuft, aber {feature} ist langsam. Manche Anfragen dauern {count} Sekunden. Das Problem tritt sporadisch auf.',
      },
      {
        subject: 'Sporadische Fehler in {feature}',
        body: 'Einige Benutzer sehen in der Produktion seit {time} Uhr sporadische Fehler in {feature}. Die Leistung ist beeinträchtigt.',
      },
    ],
    workaround: [
      {
        subject: '{feature} fehlerhaft, Workaround vorhanden',
        body: '{feature} schlägt in der Produktion für einige Benutzer fehl. Als Workaround exportieren wir die Daten von Hand.',
      },
    ],
    minor: [
      {
        subject: 'Falsches Datumsformat in {feature}',
        body: 'Die Daten stimmen, aber {feature} zeigt das Datum im falschen Format. Das ist nur ein kosmetisches Problem.',
      },
      {
        subject: 'Tippfehler in {feature}',
        body: 'In der Überschrift von {feature} ist ein Tippfehler. Rein kosmetisch.',
      },
    ],
    how_to: [
      {
        subject: 'Wie richte ich {feature} ein?',
        body: 'Können Sie erklären, wie man {feature} für ein Team von {count} Personen konfiguriert? In der Dokumentation finde ich es nicht.',
      },
      {
        subject: 'Frage zu {feature}',
        body: 'Eine allgemeine Frage: Lässt sich {feature} auf bestimmte Gruppen beschränken? Wie geht das?',
      },
    ],
    feature_request: [
      {
        subject: 'Funktionswunsch: Filter in {feature}',
        body: 'Wir wünschen uns gespeicherte Filter in {feature}. Bitte als Verbesserungsvorschlag aufnehmen.',
      },
    ],
    staging: [
      {
        subject: '{feature} auf der Testumgebung ausgefallen',
        body: 'Unsere Testumgebung ist ausgefallen: {feature} startet nach dem Update nicht. Die Produktion ist nicht betroffen.',
      },
      {
        subject: 'Entwicklungsumgebung: {feature} verbindet sich nicht',
        body: 'In der Entwicklungsumgebung kann {feature} keine Verbindung aufbauen. In {count} Tagen wollen wir live gehen.',
      },
    ],
    beta: [
      {
        subject: 'Beta: {feature} stürzt ab',
        body: 'Wir nehmen an der Beta teil. Die Vorabversion von {feature} stürzt beim Öffnen ab.',
      },
    ],
  },
  firstReply: [
    'Vielen Dank für die Meldung. Ich sehe mir das an und melde mich in Kürze.',
    'Guten Tag, ich konnte den Fehler nachstellen und prüfe die Protokolle.',
  ],
  askBack: [
    'Können Sie uns die genaue Uhrzeit des letzten Auftretens nennen?',
    'Welche Version setzen Sie ein, und sind auch andere Benutzer betroffen?',
  ],
  answer: [
    'Wir haben die Ursache gefunden und bereiten eine Korrektur vor.',
    'Ein Zwischenstand: Die Korrektur wird gerade getestet.',
  ],
  solved: [
    'Die Korrektur ist ausgerollt. Ich setze das Ticket auf gelöst; antworten Sie einfach, falls etwas offen ist.',
  ],
  requesterAnswer: [
    'Es trat um {time} Uhr auf, bei allen Kollegen.',
    'Wie gewünscht: neueste Version, {count} Benutzer sehen den Fehler.',
  ],
  thanks: ['Danke!', 'Perfekt, vielen Dank.'],
  reopen: ['Leider ist der Fehler heute wieder da.'],
  nudge: ['Gibt es Neuigkeiten?', 'Könnten Sie uns bitte den aktuellen Stand mitteilen?'],
  autoReply: 'Wir haben Ihre Nachricht erhalten und antworten so bald wie möglich. Dies ist eine automatische Antwort.',
};
