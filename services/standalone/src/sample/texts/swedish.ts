import type { Phrasebook } from '../text-template.js';

export const swedish: Phrasebook = {
  tickets: {
    outage: [
      {
        subject: 'Totalstopp i produktion: {feature}',
        body: 'Sedan klockan {time} ligger vår produktionsmiljö nere. {feature} är helt otillgänglig och ingen av våra {count} användare kan arbeta. Det finns ingen tillfällig lösning.',
      },
      {
        subject: 'Driftstopp, {feature} fungerar inte alls',
        body: 'Hej, {feature} svarar inte längre i produktion för någon av oss. Hela {customer} är drabbat och vi kan inte ta emot kunder.',
      },
      {
        subject: 'BRÅDSKANDE: alla samtal bryts',
        body: 'Allt ligger nere sedan {time}. {feature} går inte att använda för någon, vi tappar kunder varje minut.',
      },
    ],
    broken: [
      {
        subject: '{feature} fungerar inte',
        body: 'I produktion fungerar inte {feature} sedan {time}. Övriga delar är tillgängliga. Vi har inte hittat någon annan väg.',
      },
      {
        subject: 'Fel i {feature}',
        body: 'Vi får ett felmeddelande varje gång vi använder {feature} i skarp drift. Ungefär {count} personer är drabbade.',
      },
    ],
    degraded: [
      {
        subject: '{feature} är mycket långsam',
        body: 'Tjänsten är uppe, men {feature} är långsam och kvaliteten är nedsatt. Ibland tar det {count} sekunder. Felet kommer och går.',
      },
      {
        subject: 'Återkommande störningar i {feature}',
        body: 'Sedan {time} ser några användare störningar i {feature} i produktion. Det är intermittent, men det mesta går att göra.',
      },
      {
        subject: 'Dåligt ljud ibland',
        body: 'Ljudkvaliteten är försämrad i {feature} då och då, för ungefär {count} av oss.',
      },
    ],
    workaround: [
      {
        subject: '{feature} felar, vi klarar oss tillfälligt',
        body: '{feature} fungerar inte för några användare i produktion. Som tillfällig lösning ringer vi via mobilen.',
      },
      {
        subject: 'Problem med {feature}, det finns en tillfällig lösning',
        body: 'När listan har mer än {count} rader slutar {feature} att fungera. Om vi delar upp den går det.',
      },
    ],
    minor: [
      { subject: 'Stavfel i {feature}', body: 'Det finns ett litet stavfel i rubriken på {feature}. Bara kosmetiskt.' },
      {
        subject: 'Fel datumformat i {feature}',
        body: 'Uppgifterna stämmer, men {feature} visar datum i fel format. Det är bara utseendet.',
      },
    ],
    how_to: [
      {
        subject: 'Hur ställer jag in {feature}?',
        body: 'Kan ni förklara hur man konfigurerar {feature} för ett team på {count} personer? Jag hittar det inte i dokumentationen.',
      },
      {
        subject: 'Fråga om {feature}',
        body: 'En allmän fråga: går det att begränsa {feature} till vissa grupper? Hur gör man?',
      },
      {
        subject: 'Var hittar jag historiken för {feature}?',
        body: 'Snabb fråga: hur länge sparas historiken för {feature}, och var ser jag den?',
      },
    ],
    feature_request: [
      {
        subject: 'Önskemål: mörkt läge i {feature}',
        body: 'Det vore bra om {feature} hade ett mörkt läge. Se det som ett önskemål om en ny funktion.',
      },
      {
        subject: 'Förslag på ny funktion i {feature}',
        body: 'Vi skulle vilja föreslå sparade filter i {feature}. Finns det i er planering?',
      },
    ],
    staging: [
      {
        subject: '{feature} nere i testmiljön',
        body: 'Vår testmiljö ligger nere: {feature} startar inte efter uppgraderingen. Produktion är inte påverkad.',
      },
      {
        subject: 'Utvecklingsmiljö: {feature} kan inte ansluta',
        body: 'I utvecklingsmiljön kan {feature} inte ansluta. Vi planerar att gå i drift om {count} dagar.',
      },
    ],
    beta: [
      {
        subject: 'Beta: {feature} kraschar',
        body: 'Vi är med i betaprogrammet. Förhandsversionen av {feature} kraschar när den öppnas.',
      },
      {
        subject: 'Synpunkter på förhandsversionen av {feature}',
        body: 'Vi provade betaversionen av {feature} med {count} poster och den stannade halvvägs.',
      },
    ],
  },
  firstReply: [
    'Tack för din anmälan. Jag tittar på det och återkommer inom kort.',
    'Hej, jag har återskapat felet hos oss och går igenom loggarna.',
    'Tack för att du hör av dig. Jag har tagit över ärendet och börjat felsöka.',
  ],
  askBack: [
    'Kan du skicka exakt tid för det senaste tillfället?',
    'Vilken version använder ni, och händer det även för andra?',
  ],
  answer: [
    'Vi har hittat orsaken och förbereder en rättning.',
    'En ändring i er konfiguration bör lösa det, stegen finns bifogade.',
    'En uppdatering: rättningen testas nu.',
  ],
  solved: [
    'Rättningen är ute. Jag markerar ärendet som löst, svara gärna om något återstår.',
    'Bra att det fungerar. Jag stänger ärendet som löst.',
  ],
  requesterAnswer: [
    'Det hände klockan {time} och för alla mina kollegor.',
    'Här är det du bad om: senaste versionen, {count} användare ser det.',
    'Ja, det händer varje gång.',
  ],
  thanks: ['Tack!', 'Perfekt, tack så mycket.'],
  reopen: ['Tyvärr är felet tillbaka i dag.', 'Det är inte löst, vi ser samma fel igen.'],
  nudge: ['Finns det något nytt?', 'Kan ni ge oss en uppdatering?'],
  autoReply: 'Vi har tagit emot ditt meddelande och svarar så snart vi kan. Detta är ett automatiskt svar.',
};
