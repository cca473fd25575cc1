import asyncio
import threading

import pytest

from demarcate import Network, Training, datasets
from demarcate.studio import Studio
from demarcate.studio.messages import Message
from demarcate.studio.widget import StudioWidget


def widget(commands=None, opened=None):
    """A widget, and the threads and bytes of what it sends."""
    commands = [] if commands is None else commands
    made = StudioWidget(lambda: opened.append(True), commands.append)
    sent = []
    made.send = lambda _content, buffers: sent.append((threading.get_ident(), bytes(buffers[0])))
    return made, sent


def post_from_a_thread(made, *kinds):
    thread = threading.Thread(target=lambda: [made.post(Message(kind)) for kind in kinds])
    thread.start()
    return thread


def test_messages_of_any_thread_leave_in_the_kernel_s_and_in_their_order():
    async def kernel():
        made, sent = widget()
        thread = post_from_a_thread(made, "welcome", "dataset", "frame")
        while len(sent) < 3:
            await asyncio.sleep(0.001)
        thread.join()
        return sent

    sent = asyncio.run(kernel())
    assert {thread for thread, _ in sent} == {threading.get_ident()}
    assert [Message.from_bytes(data).kind for _, data in sent] == ["welcome", "dataset", "frame"]


def test_without_an_event_loop_messages_leave_at_once():
    made, sent = widget()
    post_from_a_thread(made, "notice").join()
    assert len(sent) == 1


def test_a_kernel_that_has_ended_is_sent_nothing():
    async def kernel():
        return widget()

    made, sent = asyncio.run(kernel())
    post_from_a_thread(made, "notice").join()
    assert sent == []


def test_a_page_that_opens_is_not_passed_on_and_commands_are():
    commands, opened = [], []
    made, _ = widget(commands, opened)
    made._on_command(made, {"type": "open"}, [])
    made._on_command(made, {"type": "run"}, [])
    assert (opened, commands) == ([True], ['{"type": "run"}'])


def test_its_module_gives_a_notebook_what_renders_it():
    made, _ = widget()
    assert made._esm.endswith("export default { render: renderStudio };\n")
    assert ".in-notebook" in made._css


@pytest.fixture
def studio():
    studio = Studio(datasets.moons(n_samples=60), {"a": Network((3,), "tanh")}, {"a": Training(epochs=7, lr=0.5)})
    yield studio
    studio.close()


def test_a_studio_begins_with_its_data_networks_and_training(studio):
    (card,) = studio.state["cards"]
    assert (card["name"], card["hidden"], card["epochs"], card["lr"]) == ("a", [3], 7, 0.5)
    assert (studio.state["data"]["source"], studio.state["data"]["target"]) == ("table", "label")


def test_a_notebook_shows_it_as_its_widget(studio):
    assert studio._display_() is studio.widget
    assert "application/vnd.jupyter.widget-view+json" in studio._repr_mimebundle_()[0]


def test_a_command_that_is_no_object_is_answered_and_changes_nothing(studio):
    before = studio.state
    sent = []
    studio.widget.send = lambda _content, buffers: sent.append(Message.from_bytes(bytes(buffers[0])).kind)
    studio._open_page()
    studio._receive("[1]")
    studio._receive('{"type": "state", "state": 3, "revision": 1}')
    assert studio.state is before
    assert "problem" in sent
