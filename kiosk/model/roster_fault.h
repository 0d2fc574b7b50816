/* roster_fault.h: what can be wrong in a row of a roster or a rota, in words for the office. Each is a msgid
 * of the catalogues. */
#ifndef MODEL_ROSTER_FAULT_H
#define MODEL_ROSTER_FAULT_H

#define FAULT_NOT_UTF8 "不是 UTF-8 文字，请用 UTF-8 编码另存"
#define FAULT_TOO_LONG "内容太长"
#define FAULT_LEVEL_TWICE "同一个人的同一层级写了两次"
#define FAULT_LEVELS_MANY "一个人的层级太多"
#define FAULT_LEVEL "层级应当是 乡、县 或 市"
#define FAULT_NO_LEVEL "没有写层级（乡、县 或 市）"
#define FAULT_ROSTER_LONG "名册太长"
#define FAULT_NO_NAME "没有写姓名"
#define FAULT_BIRTH "出生年月应当像 1979-05"
#define FAULT_GENDER "性别应当是 男 或 女"
#define FAULT_HEADING "第一行缺少这一列的标题"
#define FAULT_EMPTY "文件是空的"
#define FAULT_QUOTES "引号没有成对，或列太多"
#define FAULT_NOBODY "名册里没有人"
#define FAULT_NO_TEXT "不是文字文件"
#define FAULT_DAY "日期应当像 2026-03-12 或 周一"
#define FAULT_TIME "时间应当像 09:00"
#define FAULT_ORDER "结束应当在开始之后"
#define FAULT_DEPUTY "没有写代表，或姓名太长"
#define FAULT_ROTA_LONG "值班表太长"
#define FAULT_ID_NUMBER "身份证号不对，请核对每一位"
#define FAULT_ID_BIRTH "身份证号里的出生年月和这一行写的不一样"
#define FAULT_ID_DIFFERS "同一个人的身份证号写得不一样"
#define FAULT_ID_TWICE "两个人的身份证号一样"
#define FAULT_NOT_IN_ROSTER "名册里没有这位代表"
#define FAULT_SEVERAL "名册里有几位代表同名"

#endif
