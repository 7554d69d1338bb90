import { withoutAccents } from './folding.ts'

/** How programs begin their subjects: fragments of patterns, matched at the very beginning of the folded subject. */

export const BOUNCE_SUBJECTS = [
  '(?:delivery (?:failure|failed)|(?:\\[postmaster\\] )?(?:mail|message|e-?mail) (?:delivery )?fail)(?!.*(?:\\?|help|problem|since|\\bwhen|why))',
  'delivery (?:status )?notification|delivery delayed',
  'undeliver(?:able|ed)\\b',
  'returned mail',
  'returned to sender',
  '(?:mail|message|e-?mail) (?:could not be delivered|not delivered|undeliverable)',
  'mail delivery (?:sub)?system',
  'failure (?:notice|delivery)',
  'non[- ]?deliver(?:y|able)',
  'delayed (?:mail|delivery)',
  'warning: (?:could not send message|message .{1,60} delayed)',
  'mail system error',
  'mail status report',
  '(?:nachricht |mail )?(?:nicht zustellbar|unzustellbar)',
  'échec (?:de la )?(?:remise|distribution)',
  'no se puede entregar|no entregado|error de entrega',
  'impossibile recapitare|mancata consegna',
  'não foi possível entregar|não entregue',
  'onbestelbaar',
  'kan inte levereras|olevererbart',
  'ikke leveret|kan ikke leveres',
  'nie można dostarczyć|niedostarczon',
  'недоставленное сообщение|не удалось доставить',
  'δεν ήταν δυνατή η παράδοση|αποτυχία παράδοσης',
  '未送达|未傳遞|无法投递|配信不能|(?:系统)?退信',
].map(withoutAccents)

export const NEWSLETTER_SUBJECT =
  /^\[[^\]]{0,60}(?:digest|newsletter|announce|news)[^\]]{0,60}\]|(?:news-?letter|digest|e?-?news|bulletin|rundbrief|infolettre|boletin|nieuwsbrief|nyhetsbrev)\s(?:update|nr\.?|no\.?|issue|vol\.?|volume|ausgabe|numero|n°)?\s{0,2}[-–:|#]{0,2}\s{0,2}#?\d|^(?:your )?(?:daily|weekly|monthly) (?:digest|newsletter|update|news|report|summary)\b|^this week(?:'s)?:|^newsletter [-–:|]|\bnewsletter update\b/u

/** A program tells what went well; who asks, or says that something is missing, is a person. */
export const NO_TROUBLE = withoutAccents(
  "(?!.*(?:\\?|\\bnot\\b|n't|\\bnever\\b|missing|wrong|problem|trouble|\\bnicht\\b|\\bkeine?\\b|fehl|falsch|\\bpas\\b|manqu|erreur|\\bnon\\b|manca|sbagliat|falta|\\bno \\b|erro|incorrect|\\bniet\\b|ontbreekt|\\binte\\b|\\bikke\\b|saknas|mangler|δεν|λάθος|πρόβλημα|\\sне\\s|\\bnie\\b|没有|沒有|错误))",
)

export const NOTIFICATION_SUBJECTS = [
  'your (?:[\\w.-]{1,40} )?(?:order|purchase|package|shipment)(?: \\S{1,40})? (?:has|was|is|have) (?:been )?(?:shipped|dispatched|confirmed|received|on its way|delivered|placed)',
  '(?:order confirmation|receipt|payment receipt|booking confirmation) (?:#|no\\.?|for|from|-)',
  'receipt for your ',
  'your (?:[\\w.-]{1,40} )?(?:receipt|invoice|statement|itinerary|verification code|subscription|membership) ',
  '(?:please )?(?:verify|confirm) your (?:e-?mail|account|address|registration|subscription)',
  '(?:reset your password|new sign-?in|security alert)(?:$| for | on | from | to | - )',
  'password reset(?: (?:request|instructions|link|code|confirmation))?(?:$| for your | - )',
  'processed: ',
  'ihre (?:bestellung|rechnung|buchung|sendung|registrierung)\\b.{0,60}(?:versandt|versendet|bestätigt|eingegangen|erhalten|verschickt|unterwegs)',
  '(?:bestell|buchungs|auftrags|versand)bestätigung\\b',
  'votre (?:commande|réservation|facture)\\b.{0,60}(?:expédiée|confirmée|enregistrée|disponible)',
  'confirmation de (?:votre )?(?:commande|réservation|paiement)',
  'su pedido\\b.{0,60}(?:enviado|confirmado|recibido)',
  'confirmación de (?:su |tu )?(?:pedido|compra|pago|reserva)',
  '(?:il tuo|suo) ordine\\b.{0,60}(?:spedito|confermato|ricevuto)',
  "conferma (?:dell'|d'|di )?(?:ordine|pagamento|prenotazione)",
  'bevestiging (?:van )?(?:uw |je )?(?:bestelling|betaling)',
  'orderbekräftelse|ordrebekræftelse|ordrebekreftelse|tilausvahvistus',
  'potwierdzenie (?:zamówienia|płatności|rejestracji)',
  'ваш заказ|подтверждение (?:заказа|регистрации|оплаты)',
  'επιβεβαίωση (?:παραγγελίας|πληρωμής|εγγραφής)',
  '(?:订单|訂單)(?:确认|確認)|您的(?:订单|訂單)|ご注文の?確認',
].map(withoutAccents)

export const GATEWAY_SUBJECTS = [
  '(?:\\[[^\\]]{1,40}\\]:? ?)?new (?:voice ?(?:mail|message)|fax|message \\d{1,5} in mailbox)',
  '(?:voice ?(?:mail|message)|fax(?: message)?|missed call) (?:received |message )?from ',
  '(?:you have|you received|you.ve received) (?:a|\\d{1,4}) (?:new )?(?:voice|fax|missed)',
  'neue (?:sprachnachricht|voicemail)|neues fax|fax von ',
  'nouveau (?:message vocal|fax)|nuevo (?:mensaje de voz|fax)|nuovo (?:messaggio vocale|fax)',
  '(?:scan(?:ned document)?|message|attached image) from (?:a )?"?(?:km|rnp|sharp|epson|kyocera|lexmark|samsung|toshiba|brn|kmbt|mfp|xerox|copier|scanner|ricoh|canon|brother|hp)',
  '(?:\\*\\* )?(?:problem|recovery|acknowledgement|flapping\\w{0,8}|downtime\\w{0,8}) (?:host|service) alert\\b',
  '(?:\\*\\* )?(?:problem|recovery|ok|critical|warning|unknown)(?: alert)?: .{1,80}\\b(?:is|was) (?:down|up|critical|warning|ok|unknown|unreachable)\\b',
  '\\[(?:firing|resolved|alerting|ok|pending)(?::\\d{1,5})?\\] ',
  'cron <[^>]{1,80}>',
  'logwatch for |anacron job |logcheck',
  '(?:build|pipeline|job|deployment) .{0,80}(?:failed|fixed|succeeded|passed|is back to normal|still failing)$',
].map(withoutAccents)

export const ACKNOWLEDGEMENT_SUBJECTS = [
  '(?:we|we.ve) (?:have )?received your (?:message|request|e-?mail|enquiry|inquiry|ticket|report)',
  'your (?:message|request|e-?mail|enquiry|inquiry|ticket|report|case)\\b.{0,40} (?:has been|was) (?:received|created|opened|logged|registered|submitted)',
  '(?:new )?(?:support )?(?:ticket|request|case) (?:received|created|opened|logged|registered)\\b',
  '(?:request|message|e-?mail) received\\b',
  'thank(?:s| you) for (?:contacting|your (?:message|request|e-?mail|enquiry|inquiry)|getting in touch|reaching out)',
  'acknowledge?ment (?:of|for) (?:your|receipt)|confirmation of receipt',
  'eingangsbestätigung|empfangsbestätigung|bestätigung (?:ihrer|deiner) (?:anfrage|nachricht|e-?mail)',
  '(?:wir haben )?ihre (?:anfrage|nachricht|e-?mail)\\b.{0,40}(?:erhalten|eingegangen|angelegt)',
  'accusé de réception|confirmation de réception|nous avons (?:bien )?reçu votre',
  'acuse de recibo|hemos recibido su|confirmación de recepción',
  'abbiamo ricevuto la (?:tua|sua|vostra)|conferma di ricezione',
  'recebemos (?:o seu|a sua|seu|sua)|confirmação de recebimento',
  'ontvangstbevestiging|wij hebben uw|bevestiging van ontvangst',
  'vi har (?:tagit emot|modtaget|mottatt|mottagit) (?:ditt|dit|din)|mottagningsbekräftelse|kvittering for',
  'potwierdzenie (?:otrzymania|przyjęcia)|otrzymaliśmy (?:twoj|państwa)',
  'potvrzení (?:o )?přijetí|ваш(?:е|а)? (?:запрос|обращение|заявка|письмо).{0,40}(?:получен|принят|зарегистрирован)',
  'επιβεβαίωση (?:λήψης|παραλαβής)|λάβαμε το (?:αίτημα|μήνυμα)',
  '我们已收到您|我們已收到您|お問い合わせ(?:を受け付け|ありがとう)|受付完了',
].map(withoutAccents)
