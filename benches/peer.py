"""django-post_office on the same PostgreSQL and the same receiver: queue 1,000 templated mails, then send them all.

Run as a process of its own: `python -m benches.peer DATABASE HOST PORT NUMBER` prints the seconds it took.
"""

import sys
import time

import django
from django.conf import settings
from django.core.management import call_command


def run(database: str, host: str, port: int, number: int) -> float:
    """Queue and send `number` mails; seconds."""
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": database, "HOST": host,
                               "USER": "postgres"}},
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="bench",
        USE_TZ=True,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": True}],
        POST_OFFICE={"BATCH_SIZE": 500, "BATCH_DELIVERY_TIMEOUT": 600, "MAX_RETRIES": 0, "THREADS_PER_PROCESS": 1,
                     "LOG_LEVEL": 2,
                     "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}},
    )  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)
    from post_office import mail
    from post_office.models import EmailTemplate

    template, _ = EmailTemplate.objects.get_or_create(
        name="hello",
        defaults={
            "subject": "Hello {{ lead.first_name }}",
            "content": "Hello {{ lead.name }}",
            "html_content": _html(),
        },
    )
    began = time.perf_counter()
    mail.send_many(
        [
            {
                "sender": "hello@bench.example",
                "recipients": [f"lead{n}@example.org"],
                "template": template,
                "context": {"lead": {"first_name": f"Anna{n}", "name": f"Anna{n} Schmidt", "company": "Example GmbH"}},
                "headers": {"List-Unsubscribe": f"<https://bench.example/u/{n}>"},
            }
            for n in range(number)
        ]
    )
    while mail.get_queued():
        mail.send_queued(processes=1, log_level=0)
    return time.perf_counter() - began


def _html() -> str:
    """A body of 10 KB, as our own side's."""
    line = "<p>{{ lead.first_name }} of {{ lead.company }}: thank you for reading. Here is what happens next.</p>\n"
    return "<html><body>" + line * (10_000 // len(line)) + "</body></html>"


if __name__ == "__main__":
    print(run(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
