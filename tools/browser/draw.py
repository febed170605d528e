"""Draw one page with the Chromium that is named, as the tests would: exit code 0 when it did."""

import sys

from playwright.sync_api import sync_playwright

if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sys.argv[1])
        page = browser.new_page()
        page.set_content("<p>drawn</p>")
        drawn = page.inner_text("p")
        browser.close()
    sys.exit(drawn != "drawn")
