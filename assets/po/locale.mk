# Catalogues: the msgids are Simplified Chinese, the source of truth. English is translated in en.po; Traditional is
# made by OpenCC from the msgids.
.PHONY: locale
locale:
