/**
 * Files with a wrong mail table.
 *
 * @module
 */
import { type Broken, end, mail } from "./file.ts";

/** Files with a wrong mail table. */
export const MAILS: readonly Broken[] = [
  end(
    "has a mail table without what mail needs",
    "[mail]",
    "7:1: mail.server: missing, expected a host name…",
    "7:1: mail.from_address: missing, expected a mail address…",
    "7:1: mail.recipients: missing, expected a list of mail addresses",
  ),
  mail(
    "has a port that there is not",
    "port = 0",
    "11:8: mail.port: expected a whole number from 1 to 65535, found 0",
  ),
  mail(
    "has an unknown security",
    'security = "ssl"',
    '11:12: mail.security: expected one of "starttls", "tls", "none", found "ssl"; write "tls"',
  ),
  mail(
    "has a login without a password",
    'username = "me"',
    '11:12: mail.username: expected one of "password", "password_file" or the credential…',
  ),
  mail(
    "has a password without a login",
    'password = "geheim"',
    '11:1: mail.password: expected "username" beside "password", found no such key',
  ),
  mail(
    "has two passwords",
    'username = "me"\npassword = "geheim"\npassword_file = "x"',
    '13:1: mail.password_file: expected only one of "password", "password_file", found both',
  ),
  end(
    "has a mail server with a port",
    '[mail]\nserver = "m:25"\nfrom_address = "a"\nrecipients = []',
    '8:10: mail.server: expected a host name or address, without a port, found "m:25"; write "m" and port = 25',
    '9:16: mail.from_address: expected a mail address such as "root@example.org", found "a"',
    "10:14: mail.recipients: expected at least one mail address, found an empty list",
  ),
];
