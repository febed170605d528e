"""A mail server of the demonstration: takes every mail and keeps it in a Maildir; nothing leaves the machine.

python3 -m tools.mail_catcher PORT FOLDER
"""

import asyncio
import signal
import sys

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP


async def catch(port: int, folder: str, host: str = "127.0.0.1") -> None:
    """Take mails until told to stop."""
    loop = asyncio.get_running_loop()
    keep = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(keep, hostname="localhost", loop=loop), host, port)
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with server:
        await over.wait()


if __name__ == "__main__":
    asyncio.run(catch(int(sys.argv[1]), *sys.argv[2:]))
