/**
 * What holds where the file says nothing, written as the file would write it. A key that is not here has no default:
 * it is required, or its absence means something (config/README.md says what).
 */
export const DEFAULTS = {
  organization: { timezone: 'UTC', locale: 'en' },
  storage: { ledger: 'var/replyd.db', spool: 'var/spool', retention: '400d' },
  layout: 'default',
  receive: {
    smtp: { listen: ['127.0.0.1:2525'], max_message_size: '50MiB' },
    lmtp: { listen: ['127.0.0.1:2524'], max_message_size: '50MiB' },
    // loopback, private (RFC 1918) and unique local (RFC 4193) networks; unix sockets are always trusted
    trusted_networks: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
    proxy_from: [],
    imap: { port: 993, tls: 'required', folders: ['INBOX'], mark: 'none', scan_every: '60s' },
  },
  mailboxes: { aliases: [], hand_on_sender: 'return_path', hand_on_tag: 'off', resources: [] },
  send: { mode: 'live', via: 'maildir:var/outbox', return_path: null, dkim: [] },
  tickets: { prefix: '', subject_tag: 'on', plus_address: 'off', reopen_window: '14d' },
  schedules: { hours: {}, holidays: [], calendars: [] },
  high_volume: { window: '60m', hold: '30m' },
  max_age: '24h',
  quiet_period: '7d',
  acknowledge_after: '0s',
  follow_up_absence: 'off',
  limits: {
    per_correspondent: '10/24h',
    per_domain: '1000/1h',
    per_mailbox: '5000/1h',
    global: '10000/1h',
    overrides: [],
    cool_down: '1h',
  },
  authentication: { gate: 'fail', trusted_authserv_ids: [], trusted_sealers: [] },
  agents: { skills: [], languages: [] },
  rules: { automate: 'yes', priority: 'normal' },
  forms: { client: 'reply-to' },
  signs: { off: [] },
  text_only_unless_authenticated: 'fail',
  admin: { listen: '127.0.0.1:8025', token: { file: 'var/admin-token' } },
} as const
