/* name_readings.h: surnames that are read otherwise than the character usually is.
 * Readings as 现代汉语词典 (7th edition) gives them under 姓; only those whose initial differs from the common reading's. */
#ifndef UI_NAME_READINGS_H
#define UI_NAME_READINGS_H

static const struct { const char *surname, *initials; } NAME_READINGS[] = {
	/* double surnames first: the longer match wins */
	{ "单于", "CY" }, { "尉迟", "YC" }, { "万俟", "MQ" }, { "长孙", "ZS" }, { "澹台", "TT" }, { "令狐", "LH" },
	{ "单", "S" },  /* Shan, not dan */
	{ "解", "X" },  /* Xie, not jie */
	{ "仇", "Q" },  /* Qiu, not chou */
	{ "曾", "Z" },  /* Zeng, not ceng */
	{ "查", "Z" },  /* Zha, not cha */
	{ "朴", "P" },  /* Piao */
	{ "盖", "G" },  /* Ge */
	{ "区", "O" },  /* Ou, not qu */
	{ "翟", "Z" },  /* Zhai, not di */
	{ "繁", "P" },  /* Po, not fan */
	{ "乐", "Y" },  /* Yue, not le */
	{ "员", "Y" },  /* Yun */
	{ "缪", "M" },  /* Miao */
	{ "秘", "B" },  /* Bi, not mi */
	{ "种", "C" },  /* Chong, not zhong */
	{ "召", "S" },  /* Shao, not zhao */
	{ "覃", "Q" },  /* Qin, the commoner of Qin and Tan */
	{ "祭", "Z" },  /* Zhai, not ji */
	{ "折", "S" },  /* She, not zhe */
	{ "黑", "H" },  /* He */
	{ "谌", "C" },  /* Chen */
	{ "晁", "C" },  /* Chao */
	{ "沈", "S" },  /* Shen, not chen */
	{ "石", "S" },  /* Shi, not dan */
	{ "车", "C" },  /* Che, not ju */
	{ "贾", "J" },  /* Jia, not gu */
	{ "柏", "B" },  /* Bai */
	{ "臧", "Z" },  /* Zang */
	{ "阚", "K" },  /* Kan */
	{ "褚", "C" },  /* Chu, not zhu */
	{ "逄", "P" },  /* Pang */
	{ "呙", "G" },  /* Guo */
	{ "重", "C" },  /* Chong */
	{ "宓", "M" },  /* Mi */
};

#endif
