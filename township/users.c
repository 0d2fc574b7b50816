#include "township/users.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/utf8.h"

enum { NAME_TRIES = 20, DEPUTIES_AT_ONCE = 400 };

static enum err refuse(struct user_refusal *r, const char *what, const char *remedy)
{
	*r = (struct user_refusal){what, remedy};
	return ERR_INVALID;
}

static bool name_good(const char *name)
{
	size_t len = strlen(name);
	return len > 0 && len < sizeof((struct town_user *)0)->name && utf8_valid(name, len) && !strpbrk(name, " \t\r\n/:<>&\"'");
}

static bool role_good(const char *role)
{
	return strcmp(role, "head") == 0 || strcmp(role, "clerk") == 0 || strcmp(role, "readonly") == 0;
}

/* A password for signing in once, and what is kept of it. */
static enum err make_password(char password[PASSWORD_ONCE_SIZE], char digest[160])
{
	password_once(password);
	return password_hash(password, digest);
}

/* The deputy's name without blanks, with a number where it is taken: 王伟, 王伟2. Inside the transaction. */
static enum err add_deputy(struct town *town, const char *by, const char *deputy, const char *digest, char name[64])
{
	char own[128], plain[52];
	size_t n = 0;
	enum err e = town_deputy_name(town->store, deputy, own);
	if (e)
		return e;
	for (const char *p = own; *p && n < sizeof plain - 4;) {
		size_t len = 1;
		while (((unsigned char)p[len] & 0xC0) == 0x80)
			len++;
		if (len > 1 || !strchr(" \t\r\n/:<>&\"'", *p)) {
			memcpy(plain + n, p, len);
			n += len;
		}
		p += len;
	}
	plain[n] = '\0';
	e = ERR_EXISTS;
	for (int i = 1; i <= NAME_TRIES && e == ERR_EXISTS; i++) {
		if (i == 1)
			snprintf(name, 64, "%s", plain);
		else
			snprintf(name, 64, "%s%d", plain, i);
		e = town_user_add(town->store, name, "deputy", deputy, digest, town_now_ms());
	}
	return e ? e : town_audit_user(town, by, "user.added", name, "deputy");
}

static enum err check_new(const struct new_user *order, struct user_refusal *r)
{
	bool deputy = strcmp(order->role, "deputy") == 0;
	if (!deputy && !role_good(order->role))
		return refuse(r, "没有这种角色", "请从列表中选择角色。");
	if (deputy && !order->deputy[0])
		return refuse(r, "没有选择代表", "代表的账号是给哪一位代表的，请从名册中选择。");
	if (!deputy && !name_good(order->name))
		return refuse(r, "用户名不能用", "请用 1 至 20 个汉字或字母、数字，不要有空格和 / : < > & 引号。");
	return ERR_OK;
}

enum err users_add(struct town *town, const char *by, const struct new_user *order, char name[64],
                   char password[PASSWORD_ONCE_SIZE], struct user_refusal *refusal)
{
	char digest[160], detail[16];
	bool deputy = strcmp(order->role, "deputy") == 0;
	enum err e = check_new(order, refusal);
	if (!e)
		e = make_password(password, digest);
	if (e)
		return e;
	town_lock(town);
	e = town_begin(town->store);
	if (!e) {
		if (deputy) {
			e = add_deputy(town, by, order->deputy, digest, name);
		} else {
			snprintf(name, 64, "%s", order->name);
			snprintf(detail, sizeof detail, "%s", order->role);
			e = town_user_add(town->store, name, order->role, NULL, digest, town_now_ms());
			if (!e)
				e = town_audit_user(town, by, "user.added", name, detail);
		}
		e = town_end(town->store, e);
	}
	town_unlock(town);
	sodium_memzero(digest, sizeof digest);
	if (e == ERR_EXISTS)
		return refuse(refusal, "已经有叫这个名字的账号", "请换一个用户名；停用的账号也占着名字。");
	if (e == ERR_NOT_FOUND)
		return refuse(refusal, "没有这位代表", "请从名册中选择。");
	return e;
}

/* Of the list, those who still have no account now that it comes to writing. Inside the transaction. */
static enum err add_listed(struct town *town, const char *by, const json_t *list, char (*digests)[160],
                           char (*passwords)[PASSWORD_ONCE_SIZE], json_t *made)
{
	const json_t *deputy;
	size_t i;
	char name[64];
	json_array_foreach (list, i, deputy) {
		const char *id = json_string_value(json_object_get(deputy, "id"));
		bool known;
		enum err e = town_deputy_known(town->store, id, &known);
		if (!e && known)
			continue;
		if (!e)
			e = add_deputy(town, by, id, digests[i], name);
		if (e)
			return e;
		if (json_array_append_new(made, json_pack("{s:s, s:s, s:s}", "name", name, "deputy_name",
		                                          json_string_value(json_object_get(deputy, "name")), "password", passwords[i])))
			return ERR_NOMEM;
	}
	return ERR_OK;
}

enum err users_add_deputies(struct town *town, const char *by, const char *group, json_t **made)
{
	json_t *list = NULL, *out = json_array();
	char (*digests)[160] = calloc(DEPUTIES_AT_ONCE, sizeof *digests);
	char (*passwords)[PASSWORD_ONCE_SIZE] = calloc(DEPUTIES_AT_ONCE, sizeof *passwords);
	enum err e = out && digests && passwords ? ERR_OK : ERR_NOMEM;
	town_lock(town);
	if (!e)
		e = town_deputies_unknown_json(town->store, group, &list);
	town_unlock(town);
	if (!e && json_array_size(list) > DEPUTIES_AT_ONCE)
		e = ERR_TOO_LONG;
	for (size_t i = 0; !e && i < json_array_size(list); i++)
		e = make_password(passwords[i], digests[i]);
	if (!e) {
		town_lock(town);
		e = town_begin(town->store);
		if (!e)
			e = town_end(town->store, add_listed(town, by, list, digests, passwords, out));
		town_unlock(town);
	}
	if (passwords)
		sodium_memzero(passwords, DEPUTIES_AT_ONCE * sizeof *passwords);
	free(passwords);
	free(digests);
	json_decref(list);
	if (e)
		json_decref(out);
	else
		*made = out;
	return e;
}

static enum err allowed(struct town *town, const struct town_user *by, const struct town_user *user, enum user_act act,
                        const char *role, struct user_refusal *r)
{
	int64_t others = 0;
	if (user->id == by->id)
		return refuse(r, "不能这样改自己的账号", "自己的密码和验证码在“我的账号”里改；别的请由另一位负责人办理。");
	if (act == USER_ROLE && (!role_good(role) || strcmp(user->role, "deputy") == 0))
		return refuse(r, "不能改成这种角色", "代表的账号只给代表本人用；要做工作人员，请另外添加账号。");
	bool loses_head = strcmp(user->role, "head") == 0 && !user->disabled &&
	                  (act == USER_DISABLE || (act == USER_ROLE && strcmp(role, "head") != 0));
	enum err e = loses_head ? town_heads_besides(town->store, user->id, &others) : ERR_OK;
	if (!e && loses_head && others == 0)
		return refuse(r, "这是最后一位负责人", "请先让另一个账号成为负责人，再改这一个。");
	return e;
}

/* Inside the transaction. */
static enum err do_act(struct town *town, const struct town_user *user, enum user_act act, const char *role, const char *digest,
                       const char *by)
{
	static const char *const acts[] = {"user.disabled", "user.enabled", "user.role", "user.password_reset", "second_factor.reset"};
	char detail[40] = "";
	struct town_factor factor;
	enum err e = ERR_OK;
	switch (act) {
	case USER_DISABLE:
	case USER_ENABLE: e = town_user_disable(town->store, user->id, act == USER_DISABLE); break;
	case USER_ROLE:
		snprintf(detail, sizeof detail, "%s > %s", user->role, role);
		e = town_user_role(town->store, user->id, role);
		break;
	case USER_RESET_PASSWORD: e = town_user_password(town->store, user->id, digest, true); break;
	case USER_RESET_FACTOR:
		e = town_factor_get(town->store, user->id, &factor);
		if (!e)
			e = town_factor_remove(town->store, user->id);
		break;
	}
	if (!e)
		e = town_sessions_remove(town->store, user->id, NULL);
	return e ? e : town_audit_user(town, by, acts[act], user->name, detail);
}

enum err users_act(struct town *town, const struct town_user *by, int64_t id, enum user_act act, const char *role,
                   char password[PASSWORD_ONCE_SIZE], struct user_refusal *refusal)
{
	struct town_user user;
	char digest[160] = "";
	*refusal = (struct user_refusal){0};
	enum err e = act == USER_RESET_PASSWORD ? make_password(password, digest) : ERR_OK;
	if (e)
		return e;
	town_lock(town);
	e = town_begin(town->store);
	if (!e) {
		e = town_user_get(town->store, id, &user);
		if (!e)
			e = allowed(town, by, &user, act, role, refusal);
		if (!e)
			e = do_act(town, &user, act, role, digest, by->name);
		e = town_end(town->store, e);
	}
	town_unlock(town);
	sodium_memzero(digest, sizeof digest);
	sodium_memzero(&user, sizeof user);
	return e;
}
