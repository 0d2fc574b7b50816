#include "township/web/pages.h"

const struct route web_routes[] = {
	{"GET", "/office.css", AUTH_NONE, BODY_NONE, true, web_style},
	{"GET", "/office.js", AUTH_NONE, BODY_NONE, true, web_script},
	{"GET", "/favicon.svg", AUTH_NONE, BODY_NONE, true, web_icon},
	{"GET", "/login", AUTH_PAGE_ANY, BODY_NONE, true, web_sign_in},
	{"POST", "/login", AUTH_PAGE_ANY, BODY_FIELDS, true, web_sign_in_post},
	{"POST", "/logout", AUTH_PAGE_ANY, BODY_FIELDS, true, web_sign_out},
	{"GET", "/", AUTH_PAGE_OFFICE, BODY_NONE, false, web_front},
	{0},
};
