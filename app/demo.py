"""The demonstration: the service and the simulated telephone exchange in one process and port.

They still speak to each other by HTTP only, signatures included, as the service and Twilio would.
"""

import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from app import schema
from app.exchange.exchange import Exchange
from app.exchange.numbers import VoiceSettings
from app.exchange.phones.demo import read_cast
from app.exchange.server import OWNED_PREFIXES, build_exchange_app
from app.main import create_app
from app.seed.command import is_staffed, run_seed
from app.seed.plan import CALLS_A_DAY
from app.settings import Settings, load_settings

HOTLINE_NUMBER = "+867451012345"
CANARY_NUMBER = "+867451012346"
CALLER_NUMBER = "+8613800138000"
DEFAULT_PORT = 8000
# Seconds: a browser telephone whose network is gone is off the line soon, as at the provider.
LINE_ASKED, LINE_ANSWERS = 1.0, 2.5
DEFAULT_VAR = Path("var")


def demo_secrets(var: Path) -> dict[str, str]:
    """The demonstration's account, token, key and password; made once and kept in `var`."""
    var.mkdir(parents=True, exist_ok=True)
    kept = var / "demo-secrets.json"
    known: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    made = {
        "account": "AC" + secrets.token_hex(16),
        "token": secrets.token_hex(16),
        "secret": secrets.token_urlsafe(32),
        "password": "-".join(secrets.token_hex(2) for _ in range(3)),
    }
    if known.keys() != made.keys():
        kept.touch(mode=0o600)
        known = made | known
        kept.write_text(json.dumps(known))
    return known


def settings_or_demo(port: int = DEFAULT_PORT, var: Path = DEFAULT_VAR) -> Settings:
    """The settings of the environment, or the demonstration's when there are none."""
    if "HOTLINE_DATABASE_URL" in os.environ or Path(".env").exists():
        return load_settings()
    return demo_settings(var, port)


def demo_settings(var: Path, port: int) -> Settings:
    """Settings for the demonstration."""
    known = demo_secrets(var)
    address = f"http://127.0.0.1:{port}"
    return load_settings(
        database_url=f"sqlite:///{var}/hotline.db",
        public_base_url=address,
        twilio_account_sid=known["account"],
        twilio_auth_token=known["token"],
        twilio_api_base_url=address,
        phone_number=HOTLINE_NUMBER,
        canary_number=CANARY_NUMBER,
        secret_key=known["secret"],
        spool_dir=var / "spool",
        recordings_url=str(var / "recordings"),
        port=port,
        log_level="WARNING",
    )


class DemoApp:
    """Sends each request to the exchange or to the service by its path."""

    def __init__(self, service: Starlette, exchange: Starlette) -> None:
        self._service = service
        self._exchange = exchange
        self._lifespans = Starlette(lifespan=self._both)

    @asynccontextmanager
    async def _both(self, _app: Starlette) -> AsyncIterator[None]:
        async with (
            self._service.router.lifespan_context(self._service),
            self._exchange.router.lifespan_context(self._exchange),
        ):
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        await self._owner(scope)(scope, receive, send)

    def _owner(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan":
            return self._lifespans
        if scope["path"].startswith(OWNED_PREFIXES):
            return self._exchange
        return self._service


def build_demo(settings: Settings, exchange: Exchange) -> DemoApp:
    """The service and the exchange, joined."""
    return DemoApp(create_app(settings), build_exchange_app(exchange, read_cast()))


def run_demo(port: int, var: Path, history_days: int) -> None:
    """Migrate, start everything on 127.0.0.1, say where, and run until Ctrl-C.

    At the first start a history of some days is made up, so that no page is empty.
    """
    settings = demo_settings(var, port)
    schema.upgrade(settings.database_url)
    password = demo_secrets(var)["password"]
    if history_days and not is_staffed(settings.database_url):
        print(  # noqa: T201
            f"  第一次启动，正在编造 {history_days} 天的记录，请稍候。"
            f"\n  First start: making up {history_days} days of history; please wait.",
            flush=True,
        )
        run_seed(settings, history_days, CALLS_A_DAY, 0, 1, password)
    exchange = demo_exchange(settings)
    config = uvicorn.Config(
        build_demo(settings, exchange),
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_level="warning",
        log_config=None,  # the libraries' lines are written by `app.logs` as well
        timeout_graceful_shutdown=2,
        ws_ping_interval=LINE_ASKED,
        ws_ping_timeout=LINE_ANSWERS,
    )
    # uvicorn shuts down in order and then raises the Ctrl-C again: for us it was the end.
    with suppress(KeyboardInterrupt):
        _AnnouncingServer(config, welcome(port, var, password)).run()


def demo_exchange(settings: Settings) -> Exchange:
    """The exchange of the demonstration: the service answers at the same address."""
    return joined_exchange(settings, f"{settings.base_url}/voice/incoming", settings.base_url)


def joined_exchange(settings: Settings, voice_url: str, api_base_url: str) -> Exchange:
    """An exchange whose one number is the hotline's."""
    voice = voice_url.removesuffix("/incoming")
    service = voice.removesuffix("/voice")
    exchange = Exchange(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.tokens[0],
        api_base_url=api_base_url,
        seed=secrets.randbits(32),
        recordings_dir=settings.spool_dir.parent / "exchange-recordings",
        calls_per_second=10.0,
    )
    exchange.add_number(
        settings.phone_number,
        voice_url,
        voice_fallback_url=f"{voice}/fallback",
        status_callback=f"{voice}/status",
        sms_url=f"{service}/messages/incoming",
    )
    exchange.add_application(
        "softphone", VoiceSettings(f"{voice}/softphone", status_callback=f"{voice}/status")
    )
    if settings.canary_number:
        exchange.add_number(settings.canary_number, "", friendly_name="canary")
    return exchange


def run_exchange(settings: Settings, voice_url: str, host: str, port: int) -> None:
    """Run an exchange alone, until Ctrl-C."""
    app = build_exchange_app(
        joined_exchange(settings, voice_url, f"http://{host}:{port}"), read_cast()
    )
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        ws_ping_interval=LINE_ASKED,
        ws_ping_timeout=LINE_ANSWERS,
    )


def welcome(port: int, var: Path, password: str) -> str:
    """What the terminal says when everything is up; its commands work as they stand."""
    address = f"http://127.0.0.1:{port}"
    call = "hotline call" if port == DEFAULT_PORT else f"hotline call --port {port}"
    kept = "" if var == DEFAULT_VAR else f" --var {var}"
    return f"""
  回响 Huixiang is up. Let every call have an echo.

  工作台   Staff console         {address}/console
           sign in as              admin, zhang (agent), he (supervisor), shu (auditor), ops
           with the password       {password}
  群众网页 Public portal         {address}/
  浏览器电话 Browser telephone   {address}/phone
  终端拨打  From the terminal     .venv/bin/{call}
                                 .venv/bin/{call} --keys "1,1,1"     a policy
                                 .venv/bin/{call} --keys "2,1,#"     an appeal, a ticket
                                 .venv/bin/{call} --keys "4,1,1"     a three-way mediation
  通话记录  What stands in SQL    .venv/bin/hotline export calls{kept}

  Ctrl-C 结束 ends it.
"""


class _AnnouncingServer(uvicorn.Server):
    """Says where everything is, once it answers."""

    def __init__(self, config: uvicorn.Config, text: str) -> None:
        super().__init__(config)
        self._text = text

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._text, flush=True)  # noqa: T201
