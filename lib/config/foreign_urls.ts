/** Addresses of repositories that other programs understand, and Borg does not. Pure. @module */

/** Where restic, rclone and others keep data. */
const STORES =
  /^(?:s3|b2|gs|azure|swift|rest|rclone|onedrive|gdrive|webdavs?|davs?|ftps?|https?):/i;
/** Shares that can be mounted. */
const SHARES = /^(?:(?:smb|cifs|nfs|afp):|\\\\|\/\/)/i;
/** Where documents put what stands for a path of the reader's. */
const EXAMPLE = /(?:^|:|[^/]\/)\/?path\/to(?:\/|$)/;
/** An IPv6 address whose brackets are missing, up to the path. */
const BARE_IPV6 =
  /^(?:ssh:\/\/)?(?:[^@/]*@)?(?=[A-Fa-f:]*\d)(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?=[:/%]|$)/;

/**
 * Says what to write instead of an address that Borg would misunderstand.
 *
 * @param url as it was written; what is returned says nothing of it
 * @returns what was expected, as the beginning of a sentence that ends with what was found
 */
export function foreignUrl(url: string): string | undefined {
  if (BARE_IPV6.test(url)) {
    return 'expected the IPv6 address in brackets, such as "ssh://user@[2001:db8::1]/path"';
  }
  if (/^sftp:/i.test(url)) {
    return 'expected "ssh://user@host:port/path", because Borg itself must run on the server';
  }
  if (/^ssh:(?!\/\/)/i.test(url)) return 'expected "ssh://user@host:port/path"';
  if (/^ssh:/i.test(url) && !url.startsWith("ssh:")) return 'expected "ssh://" in lower case';
  if (SHARES.test(url)) return "expected the directory where the share is mounted";
  if (EXAMPLE.test(url)) return "expected the path of your own repository, not that of an example";
  if (/^[A-Za-z]:[\\/]/.test(url)) return "expected a path of this machine";
  if (STORES.test(url)) {
    return "expected a directory, or a server with SSH: Borg cannot use any other storage";
  }
  if (/^[^\s@:/]+@[^:/]+\//.test(url)) {
    return 'expected a colon between host and path, such as "user@host:path"';
  }
  return undefined;
}
