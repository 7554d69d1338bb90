/** What machines write, each kind as it is seen in the field. */
import { letter, type Sent } from './smtp-dialogue.ts'

type Machine = (sender: string, serial: number) => Omit<Sent, 'to'>

const OURS = 'support@acme.example'

/** A report of several parts; the first one is for people. */
function report(type: string, sender: string, part: string): Pick<Sent, 'mail'> {
  const fields = {
    From: `Mail Delivery System <mailer-daemon@${sender.replace(/^.*@/u, '')}>`,
    Subject: 'Undelivered Mail Returned to Sender',
    'MIME-Version': '1.0',
    'Content-Type': `multipart/report; report-type=${type}; boundary="b"`,
  }
  const text = 'This is the mail system.\n\nI am sorry to have to inform you that your message could not be delivered.'
  return { mail: letter(fields, `--b\nContent-Type: text/plain\n\n${text}\n--b\n${part}\n--b--`) }
}

const written =
  (fields: (sender: string, serial: number) => Readonly<Record<string, string>>, body: string): Machine =>
  (sender, serial) => ({
    from: sender,
    mail: letter({ From: sender, ...fields(sender, serial) }, `${body}\n\n${serial}`),
  })

const MACHINES: readonly Machine[] = [
  // a vacation reply as Pigeonhole writes it
  (_, serial) => ({
    from: '',
    mail: letter(
      {
        From: 'anna@away.example',
        Subject: `Auto: Your ticket ${serial}`,
        'Auto-Submitted': 'auto-replied (vacation)',
      },
      'I am on holiday until Monday.',
    ),
  }),
  // Exchange: no Auto-Submitted, but its own field
  written(
    (_, serial) => ({
      Subject: `Automatic reply: Your ticket ${serial}`,
      'X-Auto-Response-Suppress': 'All',
      'X-MS-Exchange-Generated-Message-Source': 'Mailbox Rules Agent',
      'Auto-Submitted': 'auto-generated',
    }),
    'I am out of the office.',
  ),
  // iCloud
  written(() => ({ 'X-Apple-Action': 'VACATION', Subject: 'Re: Your ticket' }), 'I will answer when I am back.'),
  // a delivery report of RFC 3464
  (sender, serial) => ({
    from: '',
    ...report(
      'delivery-status',
      sender,
      `Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ${serial}.${sender}\nAction: failed\nStatus: 5.1.1`,
    ),
  }),
  // a read receipt of RFC 8098
  (sender, serial) => ({
    from: '',
    ...report(
      'disposition-notification',
      sender,
      `Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ${serial}.${sender}\nDisposition: manual-action/MDN-sent-manually; displayed`,
    ),
  }),
  // a post on a list
  written(
    (sender, serial) => ({
      Subject: `[users] Re: release ${serial}`,
      'List-Id': '<users.lists.example>',
      'List-Post': '<mailto:users@lists.example>',
      Precedence: 'list',
      Sender: `users-bounces@${sender.replace(/^.*@/u, '')}`,
    }),
    'I can confirm this on 2.3.',
  ),
  // a newsletter
  written(
    (_, serial) => ({
      Subject: `Our news of week ${serial}`,
      'List-Unsubscribe': '<https://news.example/unsubscribe>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      Precedence: 'bulk',
    }),
    'New this week: everything.',
  ),
  // what a program reports
  (_, serial) => ({
    from: 'root@host.example',
    mail: letter(
      {
        From: 'root@host.example (Cron Daemon)',
        Subject: `Cron <root@host> run-parts ${serial}`,
        'Auto-Submitted': 'auto-generated',
        'X-Cron-Env': '<SHELL=/bin/sh>',
      },
      'run-parts: done',
    ),
  }),
]

/** The mail with this number of a storm, from one of so many senders. */
export function automaticMail(serial: number, senders: number): Sent {
  const machine = MACHINES[serial % MACHINES.length]
  if (machine === undefined) throw new Error('there is no kind of machine')
  const which = Math.floor(serial / MACHINES.length) % senders
  return { ...machine(`machine${which}@m${which}.example`, serial), to: [OURS] }
}
