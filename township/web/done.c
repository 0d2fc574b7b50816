/* What was done, told on the page that follows. */
#include <string.h>

#include "township/web/web.h"

static const struct {
	const char *code, *text;
} done[] = {
	{"password", "密码已换好，别处登录着的都已退出"},
	{"session-ended", "已让它退出"},
	{"factor-off", "登录验证码已关闭"},
	{"user-disabled", "账号已停用"},
	{"user-enabled", "账号已启用"},
	{"user-role", "角色已改，请本人重新登录"},
	{"factor-reset", "登录验证码已重设"},
	{"leave-asked", "已提交请假，等人大办答复"},
	{"talked", "面谈已记下，反映人凭小票可以看到"},
	{"rated", "谢谢，您的评价已记下"},
	{"saved", "已保存"},
	{"step", "已记入办理过程；反映人下次凭小票可以看到"},
	{"sent-back", "已退回重新办理，期限从今天重新计算"},
	{"village", "已记下是哪个村的事"},
	{"planned", "计划已保存，还没有公布"},
	{"dropped", "计划已删除"},
	{"published", "已公布，各台大屏会马上显示"},
	{"changed", "改动已公布，各台大屏会马上更新"},
	{"cancelled", "活动已取消，大屏上会写明"},
	{"leave-granted", "已准假"},
	{"leave-refused", "已记为不准假"},
	{"corrected", "已更正；签到的记录仍在旁边"},
	{"minutes-final", "纪要已定稿"},
	{"minutes-added", "补充已附在纪要后面"},
	{"photo-added", "照片已加上"},
	{"photo-saved", "照片的说明已保存"},
	{"photo-removed", "照片已撤下"},
	{"filed", "已登记"},
	{"proposal-step", "已记入办理过程"},
	{"kiosk-admitted", "已批准登记，机器会在几秒内接上"},
	{"kiosk-denied", "没有同意登记"},
	{"kiosk-revoked", "已停用，它送来的东西不再收"},
	{"refusal-handled", "已标为已处理"},
	{"evaluation-begun", "测评已开始"},
	{"evaluation-counted", "票数已登记，请另一位同事核对确认"},
	{"evaluation-confirmed", "结果已确认"},
	{"evaluation-recount", "已退回重新登记票数"},
	{"evaluation-dropped", "已删除"},
	{"rules-taken", "已取入，存为草稿；看过、改好再公布"},
	{"rule-saved", "草稿已保存，还没有公布"},
	{"rule-withdrawn", "已从墙上和各台大屏撤下，文字留作草稿"},
	{"rule-dropped", "草稿已删除"},
	{"rule-moved", "次序已改，各台大屏会马上更新"},
	{"deputy-added", "已列入名册，各台大屏会马上显示"},
	{"deputy-back", "已恢复，各台大屏会马上显示；身份证请重新登记"},
	{"deputy-left", "已办理离任，各台大屏不再显示"},
	{"honour-added", "荣誉已记下"},
	{"honour-removed", "荣誉已撤下"},
	{"number-put", "身份证已登记；号码没有保存"},
	{"number-back", "身份证的登记已撤回"},
	{"portrait-put", "照片已采用，各台大屏会马上显示"},
	{"portrait-removed", "照片已撤下"},
	{"card-issued", "代表证已发，请打印"},
	{"card-lost", "已挂失，各台机器马上不再认这张证"},
	{"imported", "名册已导入，各台大屏会马上更新"},
	{"import-dropped", "没有导入任何内容"},
	{"group-removed", "小组已撤销"},
	{"constituency-removed", "选区已撤销"},
	{"signed-out", "您已退出"},
};

const char *web_done_text(const char *code)
{
	for (size_t i = 0; i < sizeof done / sizeof *done; i++)
		if (strcmp(done[i].code, code) == 0)
			return done[i].text;
	return NULL;
}
