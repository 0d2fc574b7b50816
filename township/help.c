#include "township/help.h"

static const char *const text[] = {
	"NAME\n"
	"  township - the office's end of the Deputies' Home Kiosk\n\n"
	"SYNOPSIS\n"
	"  township [--data DIR] [--config FILE] [--listen ADDRESS:PORT] [--tls-cert FILE --tls-key FILE]\n"
	"  township [--data DIR] init [--demo] [--name TOWNSHIP]\n"
	"  township [--data DIR] user add NAME --role head|clerk|readonly      (the password on standard input)\n"
	"  township [--data DIR] import roster|rules|duty FILE\n"
	"  township [--data DIR] verify\n"
	"  township [--data DIR] office [--url URL] [--user NAME --password-file FILE] [--ca-file FILE] COMMAND\n"
	"  township --help | --version\n\n",
	"DESCRIPTION\n"
	"  Without a command it serves the kiosks and the office over HTTP (TLS when given a certificate), until it is told\n"
	"  to stop by SIGTERM or SIGINT. It keeps everything in DIR: township.db (SQLite), keys/ and blobs/.\n\n"
	"  init     makes DIR with its keys, an empty database and the user 'office' (head), whose password it prints and keeps\n"
	"           in DIR/keys/office.password. With --demo it also takes in the demo site's roster, rules and rota.\n"
	"  user     adds a user, or gives the one of that name a new role and password (at least 8 characters). 'readonly' sees,\n"
	"           'clerk' also works cases, 'head' also admits kiosks.\n"
	"  import   takes in a roster or rota (CSV) or rules (text), whole or not at all; each bad row is named. A running\n"
	"           server's kiosks hear of it at their next contact.\n"
	"  verify   checks the audit chain and names its first bad link.\n"
	"  office   does the office's work through the server's HTTP interface:\n\n",
	"OFFICE COMMANDS\n"
	"  cases [--overdue]           what came in, the newest first, with deadlines\n"
	"  show ID                     one case, opened; ID is a receipt number or the case's id\n"
	"  accept ID                   takes it on\n"
	"  assign ID DEPUTY            gives it to a deputy (id or name)\n"
	"  transfer ID OFFICE          passes it to a government office\n"
	"  extend ID --consent TEXT    once by a month, with the presidium's consent\n"
	"  talk ID TEXT [--by WHO]     records the face-to-face talk\n"
	"  answer ID TEXT [--by WHO]   answers in writing; '-' for TEXT reads standard input\n"
	"  enrolments                  kiosks that ask to be admitted\n"
	"  approve CODE [NAME]         admits the kiosk that shows CODE\n"
	"  deny CODE                   turns it away\n"
	"  kiosks                      the kiosks and when they were last heard of\n"
	"  revoke KIOSK                shuts a kiosk out\n"
	"  refusals                    events that were refused, with the reason\n\n",
	"OPTIONS\n"
	"  --data DIR            the data folder (default /var/lib/deputies-home/township)\n"
	"  --config FILE         settings (default DIR/township.conf, which need not exist)\n"
	"  --listen ADDRESS:PORT where to serve (default 127.0.0.1:8480; port 0: any, printed at the start)\n"
	"  --tls-cert FILE       certificate chain, PEM      --tls-key FILE   its private key, PEM\n"
	"  --url URL             the server (default http://127.0.0.1:8480)\n"
	"  --user NAME           who signs in (default office)\n"
	"  --password-file FILE  the password (default DIR/keys/office.password)\n"
	"  --ca-file FILE        whom to trust for https (default: the system's)\n\n"
	"SETTINGS\n"
	"  [server]  listen, tls_cert, tls_key\n"
	"  [rules]   transfer_days (15), answer_months (3), extend_months (1)\n"
	"  An unknown setting is refused at the start, with file, line and what would do.\n\n",
	"FILES\n"
	"  DIR/keys/seal.key    opens what voters wrote. Better kept as a systemd credential: LoadCredentialEncrypted=seal.key\n"
	"                       puts it in $CREDENTIALS_DIRECTORY/seal.key, which is looked at first.\n"
	"  DIR/keys/sign.key    signs the audit chain. Both are made once by init: keep a copy in a safe place.\n\n"
	"EXIT STATUS\n"
	"  0 done; 1 it failed, and the message says why; 2 wrong command line or settings; 3 the server refused (office).\n",
};

void help_print(FILE *out)
{
	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		fputs(text[i], out);
}
