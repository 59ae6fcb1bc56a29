"""Settings: where a value comes from, what is refused, and that secrets stay secret."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from settings import Settings, SettingsError, load_settings


def test_works_without_any_setting() -> None:
    settings = load_settings()
    assert settings.data_dir == Path("data")
    assert settings.dsn == f"sqlite:///{Path('data/corpus.db').absolute()}"
    assert settings.index_dir == Path("data/index")
    assert settings.host == "127.0.0.1"


def test_environment_goes_ahead_of_the_file_and_an_argument_ahead_of_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("cchc.toml").write_text('port = 8001\ncontact = "Vụ Cải cách hành chính"\n', "utf-8")
    assert (load_settings().port, load_settings().contact) == (8001, "Vụ Cải cách hành chính")
    monkeypatch.setenv("CCHC_PORT", "8002")
    assert load_settings().port == 8002
    assert load_settings(port=8003).port == 8003
    assert load_settings().contact == "Vụ Cải cách hành chính"


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "so.toml").write_text("port = 8004")
    monkeypatch.setenv("CCHC_CONFIG", str(tmp_path / "so.toml"))
    assert load_settings().port == 8004
    monkeypatch.setenv("CCHC_CONFIG", str(tmp_path / "khong-co.toml"))
    with pytest.raises(SettingsError, match=r"khong-co\.toml"):
        load_settings()


def test_a_misspelt_variable_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_DATADIR", "/tmp")
    with pytest.raises(SettingsError, match=r"CCHC_DATADIR.*CCHC_DATA_DIR"):
        load_settings()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("pot = 8000", "pot"),
        ("port = 0", "port"),
        ('port = "tám nghìn"', "port"),
        ("vector_weight = 1.5", "vector_weight"),
        ("port = = 1", "cchc.toml"),
    ],
)
def test_a_wrong_line_of_the_file_is_refused_by_name(line: str, named: str) -> None:
    Path("cchc.toml").write_text(line, "utf-8")
    with pytest.raises(SettingsError, match=named):
        load_settings()


def test_the_database_url_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_DATABASE_URL", "postgresql://cchc:bi-mat@db/cchc")
    settings = load_settings()
    assert settings.dsn == "postgresql://cchc:bi-mat@db/cchc"
    assert isinstance(settings.database_url, SecretStr)
    assert "bi-mat" not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.setenv("CCHC_PORT", "0")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "bi-mat" not in str(refused.value)


def test_the_key_of_the_language_model_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_LLM_KEY", "bi-mat")
    settings = load_settings()
    assert settings.llm_key is not None and settings.llm_key.get_secret_value() == "bi-mat"
    assert "bi-mat" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("url", "model", "named"),
    [
        ("localhost:8080", "m", "llm_url"),
        ("ftp://may/v1", "m", "llm_url"),
        ("http://", "m", "llm_url"),
        ("http://ten:bi-mat@may/v1", "m", "CCHC_LLM_KEY"),
        ("http://may/v1", "", "CCHC_LLM_MODEL"),
    ],
)
def test_a_language_model_that_cannot_be_reached_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, url: str, model: str, named: str
) -> None:
    monkeypatch.setenv("CCHC_LLM_URL", url)
    monkeypatch.setenv("CCHC_LLM_MODEL", model)
    with pytest.raises(SettingsError, match=named) as refused:
        load_settings()
    assert "bi-mat" not in str(refused.value)


def test_settings_do_not_change_while_the_desk_runs() -> None:
    with pytest.raises(ValidationError):
        load_settings().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert not undescribed


def test_tests_do_not_see_the_developers_settings(tmp_path: Path) -> None:
    assert Path.cwd() == tmp_path
    assert not Path("cchc.toml").exists()
    assert Path.home() != tmp_path and not (Path.home() / "cchc.toml").exists()


@pytest.mark.parametrize(("name", "secret"), [("outbox_key", "k-" * 16), ("operator_key", "k-" * 8)])
def test_a_key_is_never_shown_and_a_short_one_refused(
    name: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CCHC_{name.upper()}", secret)
    settings = load_settings()
    assert secret not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.setenv(f"CCHC_{name.upper()}", secret[:-1])
    with pytest.raises(SettingsError, match=name) as refused:
        load_settings()
    assert secret[:-1] not in str(refused.value)


def test_what_is_kept_about_askers_lies_beside_the_corpus_or_where_the_setting_says() -> None:
    assert load_settings().people_dsn == f"sqlite:///{Path('data/people.db').absolute()}"
    elsewhere = load_settings(people_database_url="postgresql://cchc:bi-mat@db/nguoi-hoi")
    assert elsewhere.people_dsn == "postgresql://cchc:bi-mat@db/nguoi-hoi"
    assert "bi-mat" not in repr(elsewhere)
