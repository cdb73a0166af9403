/** The guides of `docs/how-to`, as a part of the program: a binary comes without its documentation. @module */
import appendOnly from "../../../docs/how-to/append-only.md" with { type: "text" };
import checkConfig from "../../../docs/how-to/check-config.md" with { type: "text" };
import containers from "../../../docs/how-to/containers.md" with { type: "text" };
import databases from "../../../docs/how-to/databases.md" with { type: "text" };
import disaster from "../../../docs/how-to/disaster.md" with { type: "text" };
import encryptedPools from "../../../docs/how-to/encrypted-pools.md" with { type: "text" };
import expectations from "../../../docs/how-to/expectations.md" with { type: "text" };
import hooks from "../../../docs/how-to/hooks.md" with { type: "text" };
import mail from "../../../docs/how-to/mail.md" with { type: "text" };
import manyMachines from "../../../docs/how-to/many-machines.md" with { type: "text" };
import migrate from "../../../docs/how-to/migrate.md" with { type: "text" };
import monitoring from "../../../docs/how-to/monitoring.md" with { type: "text" };
import notify from "../../../docs/how-to/notify.md" with { type: "text" };
import offsite from "../../../docs/how-to/offsite.md" with { type: "text" };
import partOfTheSources from "../../../docs/how-to/part-of-the-sources.md" with { type: "text" };
import pins from "../../../docs/how-to/pins.md" with { type: "text" };
import quietServices from "../../../docs/how-to/quiet-services.md" with { type: "text" };
import removableDisk from "../../../docs/how-to/removable-disk.md" with { type: "text" };
import restore from "../../../docs/how-to/restore.md" with { type: "text" };
import setup from "../../../docs/how-to/setup.md" with { type: "text" };
import somethingLooksWrong from "../../../docs/how-to/something-looks-wrong.md" with {
  type: "text",
};
import systemd from "../../../docs/how-to/systemd.md" with { type: "text" };
import unauthenticated from "../../../docs/how-to/unauthenticated.md" with { type: "text" };

/** The text of each guide, in Markdown, by the name of its file. */
export const GUIDES: Readonly<Record<string, string>> = {
  "append-only": appendOnly,
  "check-config": checkConfig,
  containers,
  databases,
  disaster,
  "encrypted-pools": encryptedPools,
  expectations,
  hooks,
  mail,
  "many-machines": manyMachines,
  migrate,
  monitoring,
  notify,
  offsite,
  "part-of-the-sources": partOfTheSources,
  pins,
  "quiet-services": quietServices,
  "removable-disk": removableDisk,
  restore,
  setup,
  "something-looks-wrong": somethingLooksWrong,
  systemd,
  unauthenticated,
};
