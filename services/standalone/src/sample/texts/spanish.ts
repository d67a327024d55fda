import type { Phrasebook } from '../text-template.js';

export const spanish: Phrasebook = {
  tickets: {
    outage: [
      {
        subject: 'Producción caída: {feature}',
        body: 'Desde las {time} nuestro entorno de producción está caído. {feature} no está disponible y ninguno de nuestros {count} usuarios puede trabajar. No hay solución alternativa.',
      },
      {
        subject: 'Caída total en producción',
        body: 'Hola, {feature} no responde en producción para ningún usuario. Todo {customer} está parado.',
      },
    ],
    broken: [
      {
        subject: '{feature} no funciona',
        body: 'En producción {feature} no funciona desde las {time}. El resto está disponible. No encontramos ninguna alternativa.',
      },
      {
        subject: 'Error en {feature}',
        body: 'Nuestro entorno de producción muestra un error cada vez que usamos {feature}. Afecta a unos {count} usuarios.',
      },
    ],
    degraded: [
      {
        subject: '{feature} va muy lento',
        body: 'Producción responde, pero {feature} va lento: algunas peticiones tardan {count} segundos. El fallo es intermitente.',
      },
    ],
    workaround: [
      {
        subject: '{feature} falla, usamos una solución alternativa',
        body: '{feature} falla en producción para algunos usuarios. Como solución alternativa exportamos los datos a mano.',
      },
    ],
    minor: [
      {
        subject: 'Formato de fecha incorrecto en {feature}',
        body: 'Los datos son correctos, pero {feature} muestra las fechas en otro formato. Es solo estético.',
      },
    ],
    how_to: [
      {
        subject: '¿Cómo configuro {feature}?',
        body: '¿Pueden explicar cómo configurar {feature} para un equipo de {count} personas? No lo encuentro en la documentación.',
      },
      {
        subject: 'Pregunta sobre {feature}',
        body: 'Una pregunta general: ¿se puede limitar {feature} a ciertos grupos?',
      },
    ],
    feature_request: [
      {
        subject: 'Solicitud de mejora: filtros en {feature}',
        body: 'Nos gustaría tener filtros guardados en {feature}. Por favor, anótenlo como solicitud de nueva funcionalidad.',
      },
    ],
    staging: [
      {
        subject: '{feature} caído en el entorno de pruebas',
        body: 'Nuestro entorno de pruebas está caído: {feature} no arranca. Producción no está afectada.',
      },
    ],
    beta: [
      {
        subject: 'Beta: {feature} se cierra',
        body: 'Participamos en la beta. La versión preliminar de {feature} se cierra al abrirla.',
      },
    ],
  },
  firstReply: [
    'Gracias por avisar. Lo estoy revisando y le respondo en breve.',
    'Hola, he reproducido el problema y reviso los registros.',
  ],
  askBack: ['¿Puede indicarnos la hora exacta de la última vez?'],
  answer: ['Hemos encontrado la causa y preparamos una corrección.', 'Novedades: la corrección se está probando.'],
  solved: ['La corrección está en marcha. Marco el ticket como resuelto; responda si queda algo.'],
  requesterAnswer: [
    'Ocurrió a las {time}, a todos mis compañeros.',
    'Aquí lo que pidió: última versión, {count} usuarios afectados.',
  ],
  thanks: ['¡Gracias!', 'Perfecto, muchas gracias.'],
  reopen: ['Por desgracia el fallo ha vuelto hoy.'],
  nudge: ['¿Hay novedades?', '¿Podrían darnos una actualización, por favor?'],
  autoReply: 'Hemos recibido su mensaje y responderemos lo antes posible. Este es un mensaje automático.',
};
