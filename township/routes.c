#include "township/api.h"
#include "township/blobs.h"

const struct route routes[] = {
	{"GET", "/v1/health", AUTH_NONE, BODY_NONE, true, api_health},
	{"POST", "/v1/enrolments", AUTH_NONE, BODY_JSON, false, api_enrol},
	{"GET", "/v1/enrolments/{}", AUTH_NONE, BODY_NONE, false, api_enrol_poll},
	{"POST", "/v1/kiosks/{}/events", AUTH_KIOSK, BODY_BATCH, false, api_events},
	{"GET", "/v1/kiosks/{}/changes", AUTH_KIOSK, BODY_NONE, false, api_changes},
	{"PUT", "/v1/blobs/{}", AUTH_KIOSK, BODY_STREAM, true, NULL},
	{"GET", "/v1/blobs/{}", AUTH_KIOSK, BODY_NONE, true, api_blob_get},
	{"HEAD", "/v1/blobs/{}", AUTH_KIOSK, BODY_NONE, true, api_blob_head},
	{"POST", "/v1/office/login", AUTH_NONE, BODY_JSON, true, api_login},
	{"GET", "/v1/office/cases", AUTH_OFFICE, BODY_NONE, false, api_cases},
	{"GET", "/v1/office/cases/{}", AUTH_OFFICE, BODY_NONE, false, api_case},
	{"POST", "/v1/office/cases/{}/steps", AUTH_CLERK, BODY_JSON, true, api_case_step},
	{"GET", "/v1/office/blobs/{}", AUTH_OFFICE, BODY_NONE, true, api_office_blob},
	{"GET", "/v1/office/enrolments", AUTH_OFFICE, BODY_NONE, false, api_enrolments},
	{"POST", "/v1/office/enrolments/{}/approve", AUTH_HEAD, BODY_JSON, false, api_enrolment_approve},
	{"POST", "/v1/office/enrolments/{}/deny", AUTH_HEAD, BODY_JSON, false, api_enrolment_deny},
	{"GET", "/v1/office/kiosks", AUTH_OFFICE, BODY_NONE, false, api_kiosks},
	{"POST", "/v1/office/kiosks/{}/revoke", AUTH_HEAD, BODY_JSON, false, api_kiosk_revoke},
	{"GET", "/v1/office/refusals", AUTH_OFFICE, BODY_NONE, false, api_refusals},
	{"PUT", "/v1/office/deputies/{}", AUTH_CLERK, BODY_JSON, false, api_deputy_put},
	{"PUT", "/v1/office/rules/{}", AUTH_CLERK, BODY_JSON, false, api_rule_put},
	{0},
};
