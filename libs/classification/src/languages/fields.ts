import type { FactName } from '@punctual/policy';
import type { KnownFact } from '../facts.js';

/** Names of form fields, in normal form (lower case, no diacritics, words separated by a space), and the fact each holds. */
export const fieldNames: ReadonlyMap<string, KnownFact> = index<KnownFact>({
  environment:
    'environment,env,environment type,deployment environment,system environment,instance type,affected environment,ticket environment,miljo,driftmiljo,umgebung,system,systemumgebung,environnement,env type,entorno,ambiente,ambito',
  impact:
    'impact,business effect,service impact,severity,issue severity,impact level,effect,condition,service status,service state,paverkan,allvarlighetsgrad,allvar,auswirkung,auswirkungen,schweregrad,impact client,gravite,severite,impacto,gravedad,severidad,gravidade,severidade',
  scope:
    'scope,affected users,users affected,who is affected,affected,reach,extent,omfattning,paverkade anvandare,vilka paverkas,umfang,betroffene,betroffene benutzer,betroffene nutzer,portee,etendue,utilisateurs concernes,utilisateurs touches,alcance,usuarios afectados,abrangencia,escopo,usuarios afetados',
  system_critical:
    'system critical,system criticality,critical system,business critical,mission critical,criticality,verksamhetskritisk,systemkritisk,affarskritisk,kritikalitat,systemkritisch,geschaftskritisch,criticite,critique,criticidad,sistema critico,criticidade',
  workaround:
    'workaround,workaround available,has workaround,work around,workaround exists,is there a workaround,alternative,losning,tillfallig losning,annan losning,provisorisk losning,umgehung,umgehungslosung,ausweichlosung,contournement,solution de contournement,solucion alternativa,solucion temporal,solucao alternativa,solucao de contorno,contorno,alternativa',
  kind: 'kind,type,ticket type,request type,issue type,category,typ,arendetyp,kategori,art,anfragetyp,kategorie,type de demande,categorie,tipo,tipo de solicitud,tipo de ticket,categoria,tipo de solicitacao,tipo de chamado',
  security:
    'security,security issue,security incident,security related,sakerhet,sakerhetsincident,sicherheit,sicherheitsvorfall,securite,incident de securite,seguridad,incidente de seguridad,seguranca,incidente de seguranca',
  data_loss:
    'data loss,dataloss,loss of data,dataforlust,datenverlust,perte de donnees,perdida de datos,perda de dados',
  cosmetic: 'cosmetic,cosmetic only,kosmetisk,kosmetisch,cosmetique,cosmetico,estetico',
  result_usable:
    'result usable,usable,still usable,anvandbar,resultat anvandbart,nutzbar,ergebnis nutzbar,utilisable,utilizable,usable resultado,utilizavel,aproveitavel',
  stage:
    'stage,release stage,release,product stage,maturity,lifecycle,produktstadium,reifegrad,stade,etapa,fase,estagio',
  business_impact:
    'business impact,impact on business,affarspaverkan,geschaftsauswirkung,impact metier,impact business,impacto en el negocio,impacto de negocio,impacto no negocio',
  product: 'product,product name,affected product,produkt,produit,producto,produto,module,component,application,app',
});

/** Values of those fields in any of the six languages. */
export const fieldValues: ReadonlyMap<FactName, ReadonlyMap<string, string>> = new Map<
  FactName,
  ReadonlyMap<string, string>
>([
  [
    'environment',
    index({
      production:
        'production,prod,live,productive,produktion,produktionsmiljo,produktiv,produktivsystem,produktivumgebung,echtbetrieb,skarp,skarp miljo,drift,en production,produccion,producao,prd',
      staging:
        'staging,stage,test,testing,uat,qa,pre production,preproduction,preprod,sandbox,acceptance,non production,non prod,nonprod,not production,trial,demo,testmiljo,acceptans,testumgebung,testsystem,abnahme,recette,preproduction,hors production,non production,pruebas,preproduccion,no produccion,teste,testes,homologacao,nao producao,icke produktion,nicht produktiv',
      development:
        'development,dev,developer,local,building,build,utveckling,utvecklingsmiljo,lokal,entwicklung,entwicklungsumgebung,developpement,desarrollo,desenvolvimento',
    }),
  ],
  [
    'impact',
    index({
      outage:
        'outage,down,system down,total outage,full outage,unavailable,service unavailable,total loss,blocking,blocker,avbrott,totalt avbrott,driftstopp,nere,ligger nere,ausfall,totalausfall,system steht,nicht verfugbar,panne,panne totale,indisponible,hors service,interruption totale,caida,caida total,caido,no disponible,parada total,fora do ar,indisponivel,interrupcao total,critical,kritisk,kritisch,critique,critico,critica,sev 1,sev1,severity 1,1 critical',
      degraded:
        'degraded,degraded service,slow,intermittent,partial,partial outage,restricted,limited,degraderad,nedsatt,langsam,intermittent fel,beeintrachtigt,eingeschrankt,degrade,degradee,ralenti,lent,partiel,intermitente,degradado,degradada,lento,parcial,high,hog,hoch,eleve,elevee,alto,alta,major,significant,sev 2,sev2,severity 2,2 high',
      minor:
        'minor,low,small,mindre,lag,liten,gering,niedrig,klein,mineur,mineure,faible,menor,bajo,baja,baixo,baixa,leve,cosmetic,kosmetisk,kosmetisch,moderate,medium,sev 3,sev3,severity 3,3 low',
      none: 'none,no impact,ingen,ingen paverkan,keine,keine auswirkung,aucun,aucune,aucun impact,ninguno,ninguna,sin impacto,nenhum,nenhuma,sem impacto,minimum,informational,sev 4,sev4,severity 4',
    }),
  ],
  [
    'scope',
    index({
      everyone:
        'everyone,all,all users,everybody,company,whole company,organization,organisation,global,alla,alla anvandare,hela foretaget,hela organisationen,alle,alle benutzer,alle nutzer,ganzes unternehmen,tous,tout le monde,tous les utilisateurs,toute l entreprise,todos,todos los usuarios,toda la empresa,todos os usuarios,todos os utilizadores,toda a empresa',
      some: 'some,some users,several,multiple,multiple users,department,team,group,site,nagra,flera,flera anvandare,avdelning,grupp,einige,mehrere,mehrere benutzer,abteilung,quelques,plusieurs,plusieurs utilisateurs,departement,equipe,service,algunos,varios,varios usuarios,departamento,equipo,alguns,varios usuarios,equipa',
      one: 'one,one user,single,single user,only me,me,individual,en,en anvandare,bara jag,enskild,ein benutzer,einzelner benutzer,nur ich,einer,un,un utilisateur,un seul utilisateur,moi,uno,un usuario,solo yo,um,um usuario,um utilizador,so eu,apenas eu',
    }),
  ],
  [
    'kind',
    index({
      incident:
        'incident,bug,problem,issue,error,outage,defect,fault,fel,felanmalan,storning,driftstorning,storung,fehler,vorfall,panne,anomalie,probleme,incidente,error,problema,fallo,averia,falha,erro,defeito',
      question:
        'question,inquiry,enquiry,general inquiry,information,fraga,fragor,frage,anfrage,allgemeine frage,question generale,pregunta,consulta,duvida,pergunta,informacao',
      how_to:
        'how to,howto,guidance,training,help,instruktion,hur gor man,anleitung,wie geht das,comment faire,mode d emploi,como hacer,guia,como fazer,orientacao',
      feature_request:
        'feature request,feature,enhancement,improvement,idea,suggestion,change request,funktionsforfragan,onskemal,forbattring,funktionswunsch,verbesserung,erweiterung,demande de fonctionnalite,amelioration,evolution,solicitud de funcion,mejora,sugerencia,solicitacao de recurso,melhoria,sugestao',
      building:
        'building,build,configuration,setup,implementation,onboarding,development,konfiguration,installation,uppsattning,utveckling,einrichtung,entwicklung,configuration,mise en place,parametrage,developpement,configuracion,instalacion,desarrollo,configuracao,implantacao,desenvolvimento',
    }),
  ],
  [
    'stage',
    index({
      general: 'general,ga,generally available,general availability,released,stable',
      beta: 'beta,public beta,private beta,closed beta,open beta,alpha,early access',
      preview:
        'preview,developer preview,public preview,private preview,tech preview,technical preview,forhandsvisning,utvecklarforhandsgranskning,vorschau,apercu,vista previa,previa',
    }),
  ],
  [
    'business_impact',
    index({
      stated:
        'stated,yes,high,critical,severe,major,significant,ja,hog,hoch,kritisch,kritisk,oui,eleve,si,alto,alta,sim,critico',
      none: 'none,no,low,minor,ingen,nej,lag,keine,nein,gering,aucun,non,faible,ninguno,bajo,nenhum,nao,baixo',
    }),
  ],
]);

/** Yes and no, and how forms say them. */
export const yesNoValues: ReadonlyMap<string, string> = index({
  yes: 'yes,y,true,1,available,exists,ja,sant,finns,vorhanden,wahr,oui,vrai,disponible,si,verdadero,sim,verdadeiro,disponivel,critical,kritisk,kritisch,critique,critico,critica,high',
  no: 'no,n,false,0,none,not available,unavailable,nej,falskt,ingen,saknas,nein,falsch,keine,nicht vorhanden,non,faux,aucun,aucune,falso,ninguno,ninguna,nao,nenhum,nenhuma,non critical,not critical,low',
});

function index<T extends string>(rows: Readonly<Partial<Record<T, string>>>): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const [value, words] of Object.entries(rows) as [T, string][]) {
    for (const word of words.split(',')) if (!map.has(word)) map.set(word, value);
  }
  return map;
}
