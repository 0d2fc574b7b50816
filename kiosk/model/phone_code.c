#include "model/phone_code.h"

#include <sodium.h>
#include <string.h>

#include "model/utf8.h"

enum { CODE_VERSION = 1, SLOT_AT = 1, KIOSK_AT = 5, BINARY_MAX = PHONE_MESSAGE_MAX + SIGN_BYTES };

static const char folder[] = "/s/";
enum { FOLDER_CHARS = sizeof folder - 1 };

_Static_assert(FOLDER_CHARS + sodium_base64_ENCODED_LEN(BINARY_MAX, sodium_base64_VARIANT_URLSAFE_NO_PADDING) <= PHONE_PATH_SIZE,
               "the longest path fits");

/* Length and text; moves past it. False: empty, no UTF-8, or too long for a field of `size`. */
static bool put_text(uint8_t **out, const char *text, size_t size)
{
	size_t len = strnlen(text, size);
	if (len == 0 || len == size || !utf8_valid(text, len))
		return false;
	*(*out)++ = (uint8_t)len;
	memcpy(*out, text, len);
	*out += len;
	return true;
}

enum err phone_code_message(const struct phone_code *code, uint8_t out[PHONE_MESSAGE_MAX], size_t *len)
{
	uint8_t *at = out + KIOSK_AT;
	if (code->slot < 0 || code->slot > UINT32_MAX)
		return ERR_INVALID;
	out[0] = CODE_VERSION;
	for (int i = 0; i < 4; i++)
		out[SLOT_AT + i] = (uint8_t)(code->slot >> (24 - 8 * i));
	if (!put_text(&at, code->kiosk, sizeof code->kiosk) || !put_text(&at, code->activity, sizeof code->activity))
		return ERR_INVALID;
	*len = (size_t)(at - out);
	return ERR_OK;
}

enum err phone_code_path(const uint8_t *message, size_t len, const uint8_t sig[SIGN_BYTES], char out[PHONE_PATH_SIZE])
{
	uint8_t bytes[BINARY_MAX];
	if (len == 0 || len > PHONE_MESSAGE_MAX)
		return ERR_INVALID;
	memcpy(bytes, message, len);
	memcpy(bytes + len, sig, SIGN_BYTES);
	memcpy(out, folder, FOLDER_CHARS);
	sodium_bin2base64(out + FOLDER_CHARS, PHONE_PATH_SIZE - FOLDER_CHARS, bytes, len + SIGN_BYTES,
	                  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return ERR_OK;
}

static bool take_text(const uint8_t **at, const uint8_t *end, char *out, size_t size)
{
	size_t len = *at < end ? **at : 0;
	if (len == 0 || len >= size || (size_t)(end - *at) < 1 + len)
		return false;
	memcpy(out, *at + 1, len);
	out[len] = '\0';
	*at += 1 + len;
	return !memchr(out, '\0', len) && utf8_valid(out, len);
}

/* sodium_base642bin (1.0.18) takes some bytes from 0x80 up for letters where char is signed. */
static bool is_base64url(const char *text, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	for (size_t i = 0; i < len; i++) {
		if (!memchr(letters, text[i], sizeof letters - 1))
			return false;
	}
	return true;
}

enum err phone_code_read(const char *text, size_t len, struct phone_code *code, uint8_t sig[SIGN_BYTES])
{
	uint8_t bytes[BINARY_MAX];
	size_t used = 0;
	const char *end, *begin = text;
	for (size_t i = 0; i + FOLDER_CHARS <= len; i++) {
		if (memcmp(text + i, folder, FOLDER_CHARS) == 0)
			begin = text + i + FOLDER_CHARS;
	}
	len -= (size_t)(begin - text);
	if (!is_base64url(begin, len) ||
	    sodium_base642bin(bytes, sizeof bytes, begin, len, NULL, &used, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    end != begin + len || used < KIOSK_AT + SIGN_BYTES || bytes[0] != CODE_VERSION)
		return ERR_INVALID;
	struct phone_code c = { .slot = 0 };
	const uint8_t *at = bytes + KIOSK_AT, *signed_end = bytes + used - SIGN_BYTES;
	for (int i = 0; i < 4; i++)
		c.slot = c.slot << 8 | bytes[SLOT_AT + i];
	if (!take_text(&at, signed_end, c.kiosk, sizeof c.kiosk) || !take_text(&at, signed_end, c.activity, sizeof c.activity) ||
	    at != signed_end)
		return ERR_INVALID;
	*code = c;
	memcpy(sig, signed_end, SIGN_BYTES);
	return ERR_OK;
}

enum err phone_code_check(const struct phone_code *code, const uint8_t sig[SIGN_BYTES],
                          const uint8_t kiosk_key[SIGN_PUBLIC_BYTES], int64_t now_ms)
{
	uint8_t message[PHONE_MESSAGE_MAX];
	size_t len;
	int64_t slot = now_ms / PHONE_SLOT_MS;
	if (phone_code_message(code, message, &len) != ERR_OK || sign_check(kiosk_key, PHONE_DOMAIN, message, len, sig) != ERR_OK)
		return ERR_DENIED;
	if (code->slot < slot - PHONE_SLOTS_BACK)
		return ERR_TIMEOUT;
	return code->slot > slot + PHONE_SLOTS_AHEAD ? ERR_STATE : ERR_OK;
}
