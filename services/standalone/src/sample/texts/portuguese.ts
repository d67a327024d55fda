import type { Phrasebook } from '../text-template.js';

export const portuguese: Phrasebook = {
  tickets: {
    outage: [
      {
        subject: 'Produção fora do ar: {feature}',
        body: 'Desde as {time} nosso ambiente de produção está fora do ar. {feature} está indisponível e nenhum dos nossos {count} usuários consegue trabalhar. Não há solução de contorno.',
      },
      {
        subject: 'Parada total em produção',
        body: 'Olá, {feature} não responde em produção para nenhum usuário. Toda a {customer} está parada.',
      },
    ],
    broken: [
      {
        subject: '{feature} não funciona',
        body: 'Em produção {feature} não funciona desde as {time}. O resto está disponível. Não encontramos nenhuma alternativa.',
      },
      {
        subject: 'Erro em {feature}',
        body: 'Nosso ambiente de produção mostra um erro sempre que usamos {feature}. Cerca de {count} usuários são afetados.',
      },
      {
        subject: '{feature} parou hoje de manhã',
        body: 'Ontem estava tudo bem. Desde as {time} {feature} não funciona em produção e não há solução de contorno.',
      },
    ],
    degraded: [
      {
        subject: '{feature} está muito lento',
        body: 'A produção responde, mas {feature} está lento: algumas telas levam {count} segundos. O problema é intermitente.',
      },
      {
        subject: 'Erros intermitentes em {feature}',
        body: 'Alguns usuários veem erros intermitentes em {feature} em produção desde as {time}.',
      },
    ],
    workaround: [
      {
        subject: '{feature} com falha, usamos uma solução de contorno',
        body: '{feature} falha em produção para alguns usuários. Como solução de contorno exportamos os dados à mão.',
      },
    ],
    minor: [
      {
        subject: 'Formato de data errado em {feature}',
        body: 'Os dados estão certos, mas {feature} mostra as datas em outro formato. É apenas estético.',
      },
      {
        subject: 'Erro de digitação em {feature}',
        body: 'Há um pequeno erro de digitação no título de {feature}. Apenas cosmético.',
      },
    ],
    how_to: [
      {
        subject: 'Como configuro {feature}?',
        body: 'Podem explicar como configurar {feature} para uma equipe de {count} pessoas? Não encontro na documentação.',
      },
      {
        subject: 'Dúvida sobre {feature}',
        body: 'Uma dúvida geral: é possível limitar {feature} a certos grupos? Como fazer?',
      },
    ],
    feature_request: [
      {
        subject: 'Sugestão de melhoria: filtros em {feature}',
        body: 'Gostaríamos de ter filtros salvos em {feature}. Por favor, considerem como pedido de nova funcionalidade.',
      },
    ],
    staging: [
      {
        subject: '{feature} fora do ar em homologação',
        body: 'Nosso ambiente de homologação está fora do ar: {feature} não inicia. A produção não foi afetada.',
      },
      {
        subject: 'Ambiente de testes: {feature} não conecta',
        body: 'No ambiente de testes {feature} não conecta. Vamos entrar em produção em {count} dias.',
      },
    ],
    beta: [
      { subject: 'Beta: {feature} trava', body: 'Participamos do beta. A versão prévia de {feature} trava ao abrir.' },
    ],
  },
  firstReply: [
    'Obrigado pelo aviso. Estou verificando e retorno em breve.',
    'Olá, reproduzi o problema e estou analisando os registros.',
  ],
  askBack: [
    'Pode informar o horário exato da última ocorrência?',
    'Qual versão vocês usam, e acontece também com outros usuários?',
  ],
  answer: ['Encontramos a causa e estamos preparando a correção.', 'Uma atualização: a correção está em teste.'],
  solved: ['A correção está no ar. Marco o chamado como resolvido; responda se faltar algo.'],
  requesterAnswer: [
    'Aconteceu às {time}, com todos os colegas.',
    'Segue o que pediu: última versão, {count} usuários afetados.',
  ],
  thanks: ['Obrigado!', 'Perfeito, muito obrigado.'],
  reopen: ['Infelizmente o erro voltou hoje.'],
  nudge: ['Há alguma novidade?', 'Podem nos dar uma atualização, por favor?'],
  autoReply: 'Recebemos sua mensagem e responderemos assim que possível. Esta é uma mensagem automática.',
};
