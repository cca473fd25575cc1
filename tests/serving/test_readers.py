import asyncio
import threading

from demarcate.serving.readers import Readers


def test_work_is_done_beside_the_loop_and_its_time_is_known():
    readers, begun, ends = Readers(), threading.Event(), threading.Event()

    def work(result):
        begun.set()
        ends.wait(30)
        return result

    async def main():
        waiting = asyncio.create_task(readers.run(work, 3))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        first = readers.longest()
        await asyncio.sleep(0.01)
        assert readers.longest() > first
        ends.set()
        return await waiting

    assert asyncio.run(main()) == 3
    assert readers.longest() == 0.0
