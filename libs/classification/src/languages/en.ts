import { cue, type Lexicon } from '../lexicon.js';

export const english: Lexicon = {
  language: 'en',
  stopWords:
    'the is are and our we to of in it on for with this that have has not can you your i my be from when how please any there was been as at do does an a all',
  light:
    'the a an our my your their its this that these those is are was were be been being has have had do does did will would can could of to in on at for with by any yet currently now still just really very actually also so quite totally fully known as well environment system itself some sort kind and or it we i evidence sign signs reported right here today since possible only thing issue problem',
  deniesNext: `
      not, isnt, arent, wasnt, werent, dont, doesnt, didnt, hasnt, havent, no, without, never, neither, nor, none of, non, does/do/did not
      affect/impact/touch, doesnt/dont/didnt affect/impact/touch, not affecting/impacting, unrelated to, rather than, instead of, nothing to do with,
      nothing in/on, no impact on/to/in, no effect on, not a, other than, apart from, except, works/working fine in/on, works/working in/on,
      everything is fine in/on`,
  deniesPrevious: `
      not affected/impacted, isnt/arent/wasnt affected/impacted, unaffected, untouched, works/working
      fine/ok/okay/normally/correctly/properly/perfectly, works as expected, is/are/runs/running fine/ok/okay/healthy/stable, keeps running, has no
      problem*/issue*, not involved, continues to work, operating normally, still works/working, seems/looks fine/ok/okay/good`,
  hypothetical: `
      what happens if/when, what if, in case of, in the event of, how do i/we/you/they, how can i/we/you/they, how could i/we, how should i/we, how
      to, would be nice/great/good/helpful/useful/awesome, would love, could you add/support/implement/include/consider, please add, can you add, is
      it possible, is there a way, feature request, wondering if/whether/how, to avoid, to prevent, best way to, before we go live, do you
      support/offer/have, wish there was, alert* when/if, notif* ~ when/if, suppose, hypothetical*`,
  past: `
      working again, works again, is/are/was/were back up, back online, back to normal, has/have/been resolved, was/were resolved/fixed, resolved
      itself, recovered, was down yesterday, yesterdays outage/incident, last weeks outage/incident, last nights outage/incident, root cause analysis,
      post mortem, postmortem, rca for, no longer down, previous/earlier/past outage/incident`,
  cues: [
    cue(
      'environment',
      'production',
      0.9,
      `
      in production, production
      environment/system/server*/instance*/site/tenant/cluster/database/account/platform/workflow*/automation*/app/application*/deployment/service*/api/traffic/website/org/line/store/shop,
      on production, prod environment/system/server*/instance*/site/tenant/cluster/database/workflow*, in/on prod, production ~
      down/failing/failed/broken/unavailable/offline/affected/impacted/stopped/crash*, prod ~
      down/failing/failed/broken/unavailable/offline/affected/impacted, actively in production, affect*/impact*/hit*/break* production/prod, live
      environment/system/site/server*/instance/tenant/website/service/platform/shop/store/workflow*, production outage, production incident,
      productive environment/system, environment production/prod, live in production, production down, all our production, real customers, live
      customers`,
    ),
    cue(
      'environment',
      'production',
      0.55,
      `
      production, prod, went live, our live`,
    ),
    cue(
      'environment',
      'production',
      0.5,
      `
      our customers cannot/cant/are, customers cannot/cant ~ call/reach/pay/order/login/log/buy/check/book/use, end users cannot/cant/are, patients,
      our online shop/store, checkout, business operations, daily operations, our staff cannot/cant, all/our employees cannot/cant, our agents
      cannot/cant, call center/centre, customers are affected/complaining/unable/calling/waiting`,
    ),
    cue(
      'environment',
      'staging',
      0.9,
      `
      staging, stage environment/server/system, test environment/system/server/instance/tenant/account/org/site/cluster, testing
      environment/system/phase, uat, user acceptance, pre production, preproduction, preprod, pre prod, qa environment/system/server/instance, non
      production, nonproduction, non prod, nonprod, sandbox, acceptance environment, demo environment/system/instance/tenant, trial
      environment/instance, in testing, not in production, not live yet, not yet live, before we go live, before going live, before go live, pilot
      environment, test tenant, test setup, training environment, rehearsal environment, while testing, qa team, not a production, isnt a production`,
    ),
    cue(
      'environment',
      'development',
      0.9,
      `
      development environment/system/server/instance/machine/tenant/setup/org/cluster, dev
      environment/system/server/instance/machine/tenant/setup/org/box/cluster, in development, on dev, in dev, localhost, local
      machine/environment/setup/development, locally, developing, building a/an/our/new workflow*/automation*/integration*/flow*, still building, in
      the building phase, building phase, building or testing, developer laptop, under development, being built, work in progress, draft
      workflow*/automation*/flow*`,
    ),
    cue(
      'environment',
      'development',
      0.55,
      `
      dev, prototype, proof of concept, poc`,
    ),

    cue(
      'impact',
      'outage',
      0.92,
      `
      production ~ down, everything ~ down/offline/unavailable/broken/stopped, completely/totally/entirely/fully
      down/unavailable/offline/broken/inaccessible/unusable/unresponsive/dead/stopped/blocked, total/complete/full
      outage/loss/failure/blackout/standstill, loss of service, total loss, service outage/failure,
      system/systems/site/website/platform/server*/service*/portal/application/app/network/phones/telephony/database/cluster/deployment/instance/tenant/api/gateway/cloud/environment
      ~ down/offline/unavailable/unreachable/inaccessible/dead/unresponsive, nothing works/working/loads/happens, nobody/noone can/is, no one can/is
      able, no users/customers/calls/orders can/are, all users/customers/agents/staff/employees cannot/cant/unable, everyone
      cannot/cant/unable/locked, whole system/site/company/platform/service, major outage, outage, cannot/cant/unable make/place/receive ~ calls,
      cant/cannot take/process/accept ~ payments/orders/calls, deployment failed, failed deployment, will not start/boot, wont start/boot, business is
      stopped, at a standstill, service unavailable, fully unavailable, not available at all, doesnt/not work/working at all, hard down, not a single
      ~ works/goes/went, every ~ fails/failing/failed, all ~ fail/failing/failed/down/stopped/dropping/dropped, stopped working completely/entirely,
      completely stopped/failed, wholly unavailable, blank page for everyone, unavailable for everyone/all, are/is down, went down, gone down, goes
      down, down for everyone/all, system down, service down, out of service, completely not working`,
    ),
    cue(
      'impact',
      'outage',
      0.75,
      `
      down since, offline, unavailable, unreachable, inaccessible, cannot/cant log/login/sign/connect, unable to log/login/sign/connect, cannot/cant
      access, unable to access, locked out, does/do not load/open/respond, doesnt/dont load/open/respond, not loading/responding, cannot/cant/unable
      use ~ at all, blocked, blocking us, blocker, fatal, crashed, work has stopped, stopped working, has stopped, bad gateway, 503, 502, calls
      fail/failing, backup ~ fails/failed/failing, halted, ground to a halt, not running, wont load, not reachable, dead, cannot/cant work, unable to
      work, cannot/cant do ~ job/work, showstopper, show stopper, unusable, not possible to use, emergency`,
    ),
    cue(
      'impact',
      'degraded',
      0.9,
      `
      intermittent*, intermittently ~ down/fail*/unavailable/broken, sporadic*, degraded, degradation, significantly restricted, severely limited,
      very/extremely/really/super/painfully slow, slowness, slow performance, poor performance, performance issue*/problem*, on and off, now and then,
      every now and then, from time to time, sometimes fail*/drop*/work*/time*/get/crash*, some ~ fail/failing/fails, keeps
      dropping/disconnecting/timing, dropping calls, calls ~ drop/dropping/dropped, choppy, poor quality, bad/poor audio/sound/call/voice quality,
      reduced quality, high latency, lag, laggy, lagging, delays, delayed, takes minutes/forever/ages, takes too long, timing out, times out,
      timeouts, time outs, partially, partial outage, not categorizing/categorising/routing/syncing/sending/updating/processing correctly/properly,
      flaky, unstable, instability, randomly, occasionally, slow as a whole, slower than, running slow*, is/are slow, slow, sluggish, limited
      functionality, limping, half of the, one in ten/five/three, jitter, packet loss, echo`,
    ),
    cue(
      'impact',
      'degraded',
      0.72,
      `
      not working, doesnt work, does/do not work, dont work, isnt/arent working, not working as expected/intended, not functioning, fails, failing,
      failed, failure, failures, broken, breaks, crash*, error*, not
      sending/receiving/syncing/synchronizing/updating/processing/triggering/working/routing/saving/showing/generating/importing/exporting/delivered/delivering,
      cannot/cant
      save/send/create/open/upload/download/export/import/edit/submit/generate/process/run/update/search/print/see/view/add/delete/approve/schedule/post,
      unable to
      save/send/create/open/upload/download/export/import/edit/submit/generate/process/run/update/search/print/see/view/add/delete/approve/schedule/post,
      stuck, hangs, hanging, freezes, freezing, frozen, incorrect*, wrong, missing, no longer works/work/working, malfunction*, throws, exception,
      misrouted, wrong queue, queue ~ growing, backlog, duplicates, duplicated, disrupt*, disconnects, disconnecting, out of sync, mis*categor*,
      incorrectly, wont open/save/send/sync/update/work/run`,
    ),
    cue(
      'impact',
      'minor',
      0.88,
      `
      minor, small issue/problem/bug/glitch/thing/annoyance, slight*, inconvenien*, annoying, annoyance, little/low impact, not urgent, no rush, no
      hurry, low priority, whenever you have time/a, when you get a chance, not a big deal, not critical, nuisance, trivial, nitpick, nit,
      inconsistent formatting, formatting, still usable, generally usable, operational challenge*, can live with, not blocking, non blocking,
      nonblocking, doesnt block, not preventing, quirk, glitch, isnt urgent, small, not pressing, low urgency`,
    ),
    cue(
      'impact',
      'none',
      0.85,
      `
      no impact, no business impact, no effect, doesnt/does not affect anything/anyone/us/operations, just curious, out of curiosity, for information
      only, fyi, informational, nothing is broken/wrong, no problem/issue as such, general question/inquiry/enquiry, everything works, has no impact,
      without impact`,
    ),

    cue(
      'scope',
      'everyone',
      0.88,
      `
      all
      users/customers/agents/employees/staff/clients/people/accounts/sites/locations/offices/departments/tenants/phones/lines/stores/branches/colleagues/patients/teams/workstations,
      all of our/us users/customers/agents/employees/staff/clients/people, all our
      users/customers/agents/employees/staff/clients/people/sites/offices, everyone, everybody, nobody, no one, noone, entire
      company/team/organisation/organization/office/site/platform/staff/department/business/system, whole
      company/team/organisation/organization/office/site/platform/staff/department/business/system, company wide, companywide, organization wide,
      organisation wide, every user/customer/agent/employee/client/site/single, across the board, the whole, globally, all regions, none of our/us/the
      users/customers/agents/employees/staff/clients/team, everything is/down, site wide, system wide, all incoming calls, all calls`,
    ),
    cue(
      'scope',
      'some',
      0.85,
      `
      some of our/the/us, some users/customers/agents/employees/clients/people/colleagues/accounts/sites/team, several
      users/customers/agents/employees/clients/people/colleagues/accounts/sites, a few
      users/customers/agents/employees/clients/people/colleagues/accounts/of, few users, many users/customers/agents, multiple
      users/customers/agents/employees/clients/people/accounts/sites, a number of, certain users/customers/agents/accounts/clients, a handful, half of
      our/the, one team/department/office/site/location/branch/region, not all users/customers/agents, a group of, subset, part of the team, specific
      end users, selected users, not everyone, about/around ~ percent, two/three/four/five/ten users/customers/agents/employees/colleagues/people, our
      sales/finance/marketing/hr team, percent of ~ users/customers/calls`,
    ),
    cue(
      'scope',
      'one',
      0.88,
      `
      only me, just me, one user/customer/agent/employee/client/person/colleague/account, one of our/the/my
      users/agents/employees/colleagues/customers/clients/technicians, a single user/customer/agent/employee/client/person/account, single user, my
      account/laptop/computer/phone/profile/user, for me only, only affects me, only one user/customer/person/agent, a colleague, a user, an employee,
      new employee/hire/starter/colleague, isolated to, my own, i am the only, individual user, everyone else/nobody else/others ~ fine/affected`,
    ),

    cue(
      'system_critical',
      'yes',
      0.85,
      `
      system critical, business critical, mission critical, critical part/process/system/workflow/function/service/automation/operation*, crucial,
      essential, vital, cannot operate, cant operate, core system/service/process/business/function*, critical to our/the, life critical, emergency
      calls, single point, heart of our/the, is critical, depends/depend/rely/relies on this/it entirely, client data backup, customer data backup,
      severely impact*, time critical, safety critical`,
    ),
    cue(
      'system_critical',
      'yes',
      0.62,
      `
      backup*, payroll, payment*, checkout, billing run, invoicing, authentication, login for all, single sign on, sso, order processing, dispatch,
      disaster recovery, security alerting, onboarding/offboarding of, offboarding, phone system, telephony, all incoming calls, patient*, hospital,
      emergency, switchboard, password reset*, user provisioning, monitoring alerts, alerting`,
    ),
    cue(
      'system_critical',
      'no',
      0.82,
      `
      non critical, noncritical, not critical, not system critical, not business critical, not essential, non essential, nice to have, not crucial,
      secondary, not urgent, internal report*, monthly ~ report*, weekly ~ report*, low priority, not important, not threatening`,
    ),

    cue(
      'workaround',
      'yes',
      0.88,
      `
      have/found/using/use/used/with workaround, there is workaround, workaround exists/available/works/is/for, as workaround, a workaround, temporary
      fix/solution, work around it/this/the, working around, worked around, we can manually, can do it manually, doing it manually, do it manually,
      manually for now, by hand, for now we, in the meantime we, meanwhile we can/are/use, alternative way/solution/route, another way, can still ~
      via/through/using/by/with, refreshing ~ helps/fixes/works, restart* ~ helps/fixes/solves/works, fall back/fallback, switched to, manual
      process/entry/work/step, works if/when i/we/you, works in/on/with chrome/firefox/edge/safari/another/incognito/desktop/mobile, alternatively,
      get by, mobile app/desktop app works, managing ~ manually, if we retry, after retry*, retrying ~ works/helps, second attempt works, we are
      managing`,
    ),
    cue(
      'workaround',
      'yes',
      0.4,
      `
      workaround, work around`,
    ),
    cue(
      'workaround',
      'no',
      0.9,
      `
      no workaround*, without workaround, no work around, no way around, no alternative*, no other way/solution/option, no temporary fix, there isnt
      workaround, not found/find workaround, havent/have not found ~ workaround, couldnt/could not find ~ workaround, workaround ~ doesnt/not
      work/working/help/possible/available/exist, tried everything, cannot/cant work around, nothing helps/helped/works, no manual, cannot be done
      manually, cant be done manually, no plan b, no fallback, none of ~ workarounds`,
    ),
    cue(
      'workaround',
      'no',
      0.55,
      `
      is there workaround, any workaround, need/provide/suggest/want/please workaround, need/provide/suggest a workaround, looking for workaround`,
    ),

    cue(
      'kind',
      'incident',
      0.6,
      `
      incident, outage, bug, issue since, problem since, suddenly, since this morning/yesterday/today/last/the, stopped working, used to work, worked
      yesterday/before/until, urgent, asap, immediately, please help, please investigate, defect, regression, no longer works, after the/your/last
      update/upgrade/release`,
    ),
    cue(
      'kind',
      'incident',
      0.35,
      `
      issue, issues, problem, problems, error*, not working, fails, failed, failing, broken`,
    ),
    cue(
      'kind',
      'how_to',
      0.9,
      `
      how do i/we/you, how can i/we, how could i/we, how should i/we, how to, how would i/we, how does one, what is the best way, whats the best way,
      best practice*, best way to, what is the right/correct/proper/recommended way, where can i/we find, where do i/we, is there a way, is there any
      way, step by step, guide me/us, walk me/us through, instructions, tutorial, documentation on/for/about, show me/us how, explain how, help me
      understand how, dont know how, not sure how, need guidance, training, wondering how, what steps, which steps`,
    ),
    cue(
      'kind',
      'question',
      0.8,
      `
      question about/on/regarding/for, a/quick/general/short/simple question, general inquiry/enquiry, inquiry, enquiry, wondering, do you
      support/offer/have/know/plan, does ~ support, is it possible, would it be possible, what does ~ mean, what is the difference, whats the
      difference, clarif*, could you confirm/explain/tell, can you confirm/explain/tell, curious, want to know, would like to know, like to
      understand, can we use, are there any plans, when will, roadmap, pricing, how much, how many, what are the limits, invoice copy, information
      about/on/regarding, root cause, is there a limit, which plan, licen*e question`,
    ),
    cue(
      'kind',
      'feature_request',
      0.92,
      `
      feature request, feature suggestion, enhancement, request a feature, new feature, would be great/nice/awesome/helpful/useful/good/cool if, would
      be great/nice/awesome/helpful/useful to, would love to see/have, would like to see, could you add/implement/introduce/include, can you
      add/implement/introduce, please add/implement/introduce/consider adding, add support for, wish list, wishlist, wish there was, i/we wish,
      suggestion, suggest adding, it would help if, product idea, idea for, improvement request, feature that, missing feature, change request,
      additional option, an option to, ability to, product enhancement, request for new, are missing a/the feature/option/possibility, like the option`,
    ),
    cue(
      'kind',
      'building',
      0.88,
      `
      building a/an/our/new/out, build a/an/new workflow*/automation*/integration*/flow*/bot, creating a new workflow*/automation*/integration*/flow*,
      set up a/an/new/our, setting up, setup of, help configur*, configuring, configuration help/question/of, how to configure, implementing,
      implementation project, still building, building phase, testing phase, in testing, test* a new workflow*/automation*/flow*, while building,
      designing a, migration project, onboarding project, develop* a/an/new workflow*/automation*/integration*, before we go live, before going live,
      go live preparation, trying to build/create/configure/set/integrate, want to build/create/configure, proof of concept, changes or additions,
      add* a step, modify ~ workflow*, draft workflow*`,
    ),

    cue(
      'security',
      'yes',
      0.9,
      `
      security breach/incident/issue/vulnerability/hole/problem/leak/alert, data breach/leak, unauthori*ed access/login/user*/person, vulnerability,
      exploit*, hacked, hacker*, compromised, phishing, ransomware, malware, leaked, leaking, exposed, can see other/another ~
      data/tickets/records/customers, see other customers, wrong customers data, privilege escalation, sql injection, xss, stolen, ddos, account
      takeover, suspicious login*/access/activity, personal data ~ visible/exposed/public, gdpr breach, brute force, publicly accessible, without
      authentication, attackers, credentials leaked/exposed/stolen, api key leaked/exposed`,
    ),
    cue(
      'security',
      'no',
      0.85,
      `
      no security impact/risk/issue/concern, not a security`,
    ),
    cue(
      'data_loss',
      'yes',
      0.9,
      `
      data loss, loss of data, lost data, losing data, lost all/our/the/my ~ data/records/files/recordings/contacts/messages/tickets/customers/orders,
      data ~ lost/gone/deleted/disappeared/vanished/wiped/erased/corrupt*, records/files/recordings/contacts/messages/tickets/orders/entries/customers
      ~ gone/deleted/disappeared/vanished/wiped/missing/lost, accidentally deleted, corrupt* data/database/file*/backup*, database corrupt*, wiped,
      overwritten, overwrites, cannot restore, cant restore, irrecoverabl*, unrecoverabl*, data corruption, disappeared, backup ~
      fails/failed/failing/missing/corrupt*, no backup`,
    ),
    cue(
      'data_loss',
      'no',
      0.88,
      `
      no data loss, no data ~ lost, no loss of data, data ~ accurate/intact/safe/correct/right/fine/unaffected, nothing ~ lost, without losing data,
      without data loss, not lost any data`,
    ),
    cue(
      'cosmetic',
      'yes',
      0.9,
      `
      cosmetic*, typo*, misspell*, spelling, alignment, misaligned, not aligned, font, colour, color, layout, formatting, logo, icon, wrong label,
      label reads/says/is, button ~ overlap*/cut/text/colour/color/misplaced, translation, wording, visual, looks odd/ugly/strange/wrong/weird,
      display glitch, pixel*, padding, margin, overlaps, overlapping text, truncated text, tooltip, dark mode, text ~ cut off, styling,
      capitali*ation, grammar`,
    ),
    cue(
      'result_usable',
      'yes',
      0.9,
      `
      still usable, generally usable, usable, data ~ accurate/correct/right/fine, reports are still, can still use/work/read/see/be, still readable,
      still works, still functional, otherwise fine/works/ok/correct, everything else works, numbers/figures/values/contents are right/correct/fine,
      content is correct/right/fine, results are correct/right/fine, does not prevent, doesnt prevent, doesnt stop us, not stopping us, can continue
      working, can keep working, not blocking, doesnt block`,
    ),
    cue(
      'result_usable',
      'no',
      0.88,
      `
      unusable, not usable, useless, cannot/cant be used, cannot/cant use, data ~ wrong/incorrect, worthless, no usable`,
    ),
    cue(
      'stage',
      'beta',
      0.9,
      `
      beta, beta feature/version/program/programme/release/product, early access, alpha, early adopter, release candidate, experimental`,
    ),
    cue(
      'stage',
      'preview',
      0.9,
      `
      developer preview, public/private/technical/tech preview, preview feature/version/release/program, dev preview`,
    ),
    cue(
      'stage',
      'general',
      0.8,
      `
      generally available, general availability, ga version/release`,
    ),
    cue(
      'business_impact',
      'stated',
      0.88,
      `
      losing/lost money/revenue/sales/customers/orders/business/clients/deals, revenue, costing us, costs us, loss of revenue/sales/income,
      cannot/cant invoice/bill/ship/sell/trade/pay/deliver, unable to invoice/bill/ship/sell/trade/serve/deliver, customers are
      complaining/leaving/angry/waiting, penalty, penalties, contractual, deadline, business is stopped/blocked, business impact, business operations,
      impact* ~ business, affecting our customers, affects our customers, productivity, compliance, audit, month end, payroll, black friday, campaign,
      per hour, cannot/cant serve, production line, warehouse, delaying, patients, our clients are, our reputation, reputation`,
    ),
    cue(
      'business_impact',
      'none',
      0.85,
      `
      no business impact, no impact on ~ business/operations/customers/work, does not affect our business/work/operations, doesnt affect our
      business/work/operations, not affecting our business/work/operations`,
    ),
  ],
  requests: {
    update: `
      any update*, any news, any progress, status update, update on this/the/my/our, status of this/the/my/our, what is the status, whats the status,
      give ~ an update, please update me/us, when can we/i expect, still waiting, havent heard, have not heard, following up, follow up on, any eta,
      eta, where are we, where do we stand, how is it going, bump, provide ~ update, an update please, need an update, request* an update, what is
      happening with, checking in`,
    elevation: `
      raise/increase/elevate/upgrade/bump/change/up the/this/our/my priority/severity, raise/increase/elevate/upgrade/bump/change ~ to
      p1/p2/p0/critical/high/urgent/sev1/highest, higher priority/severity, should be p1/p0/critical/high/urgent/sev1/severity, make this ~
      urgent/p1/priority/critical, elevate, priority ~ raised/increased/higher, treat this as ~ urgent/critical/p1, prioritize this, prioritise this,
      now critical/urgent/blocking, become critical/urgent/more, became critical/urgent, severity ~ raised/increased/changed`,
    escalation: `
      escalate*, escalating, escalation, speak/talk to ~ manager/supervisor/management/lead*, your manager/supervisor/boss/management, management
      attention/intervention, involve ~ manager/management, not satisfied/happy with, unsatisfied, dissatisfied, unacceptable, formal complaint,
      complain*, account manager, customer success manager/advisor, support leadership, someone more senior, higher up`,
  },
};
