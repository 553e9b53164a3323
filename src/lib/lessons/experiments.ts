// Experiments to open in the playground beside the examples: each shows one thing that goes wrong, or
// that is worth a prediction. They are folders of tests/fixtures/experiments, where tests say what each must show.
// Read while pages are prerendered.

import path from 'node:path';
import { readFiles } from './folder.ts';

const FOLDER = 'tests/fixtures/experiments';

type Text = Readonly<Record<'en' | 'zh', string>>;

/** Plain data: it is part of the page. */
export interface Experiment {
  /** Its folder. */
  name: string;
  library: 'pyro4' | 'rpyc' | 'scoop' | 'disco' | 'pycsp';
  language: 'ts';
  title: Text;
  /** One sentence. */
  about: Text;
  files: Readonly<Record<string, string>>;
}

type Listed = readonly [name: string, title: Text, about: Text];

const LIST: Readonly<Record<Experiment['library'], readonly Listed[]>> = {
  pyro4: [
    [
      'pyro4-chain-thread',
      { en: 'A chain that comes round', zh: '首尾相接的对象链' },
      {
        en: 'Three objects pass a list on until it is back at the first; each connection has a thread of its own.',
        zh: '三个对象把一个列表传下去，直到它回到第一个对象；每个连接都有自己的线程。',
      },
    ],
    [
      'pyro4-chain-multiplex',
      { en: 'The same chain, one call at a time', zh: '同一条链，一次只处理一个调用' },
      {
        en: 'The first object waits and cannot answer: find the circle of those who wait for each other.',
        zh: '第一个对象正在等待，无法应答：找出互相等待的一圈进程。',
      },
    ],
    [
      'pyro4-chain-killed',
      { en: 'A kill in the middle of the chain', zh: '杀死链中间的进程' },
      {
        en: 'What does each of the others learn, and when?',
        zh: '其余的进程各自知道了什么，又是什么时候知道的？',
      },
    ],
    [
      'pyro4-chain-power-off',
      { en: 'No power in the middle of the chain', zh: '链中间的机器断电' },
      {
        en: 'Nobody is told anything, and everybody waits: compare it with the kill.',
        zh: '谁也没有得到消息，大家都在等：与杀死进程作比较。',
      },
    ],
    [
      'pyro4-chain-frozen',
      { en: 'A frozen object and patient callers', zh: '冻结的对象与耐心的调用者' },
      {
        en: 'The object stands still for a few seconds; its callers wait, and get their answer.',
        zh: '对象停顿了几秒钟；调用者一直等待，最后得到了应答。',
      },
    ],
    [
      'pyro4-chain-frozen-timeout',
      { en: 'A frozen object and a time limit', zh: '冻结的对象与超时' },
      {
        en: 'With a time limit the first caller gives up; what does the one behind it hear?',
        zh: '设了超时，第一个调用者放弃了；它后面的调用者听到的是什么？',
      },
    ],
    [
      'pyro4-retry-twice',
      { en: 'A retry that runs twice', zh: '重试，却执行了两次' },
      {
        en: 'The call ran, only its answer was late: made again, it takes effect again.',
        zh: '调用其实执行了，只是应答来迟：再调用一次，就再生效一次。',
      },
    ],
    [
      'pyro4-stale-name',
      { en: 'A name of somebody who is gone', zh: '对象已不在，名字还在' },
      {
        en: 'The name server still knows the address of an object whose process was killed.',
        zh: '进程已被杀死，名称服务器却仍然记得它的对象的地址。',
      },
    ],
    [
      'pyro4-name-server-restart',
      { en: 'Two name servers restart', zh: '两个名称服务器重启' },
      {
        en: 'One kept its names in memory, one on disk; who still works, and who needs them?',
        zh: '一个把名字放在内存里，一个放在磁盘上；谁还能工作，谁又需要它们？',
      },
    ],
    [
      'pyro4-callback-deadlock',
      { en: 'A call-back that calls back', zh: '回调里再回调' },
      {
        en: 'Client and server serve one call at a time and wait for each other.',
        zh: '客户端和服务器一次都只处理一个调用，于是互相等待。',
      },
    ],
  ],
  rpyc: [
    [
      'rpyc-stdout',
      { en: 'A borrowed stdout that outlives its owner', zh: '借走的 stdout 比主人活得更久' },
      {
        en: 'A client took the stdout of a shared server and left: what happens to the next who prints?',
        zh: '一个客户端接管了共享服务器的 stdout 后离开：下一个打印的人会怎样？',
      },
    ],
    [
      'rpyc-frozen',
      { en: 'A pause longer than 30 seconds', zh: '超过 30 秒的停顿' },
      {
        en: 'The caller gives up after 30 s; is what it asked for done or not?',
        zh: '调用者 30 秒后放弃；它请求的事究竟做了没有？',
      },
    ],
    [
      'rpyc-async-order',
      { en: 'The order of asynchronous calls', zh: '异步调用的顺序' },
      {
        en: 'Asked at once and done one after another; and an event that nobody serves waits.',
        zh: '同时发出，依次执行；而没有人处理的事件只能等待。',
      },
    ],
    [
      'rpyc-discover',
      { en: 'A registry that has not heard of a death', zh: '不知道有人已死的注册中心' },
      {
        en: 'It still offers a server that was killed, and forgets one that lives and is silent.',
        zh: '它仍然介绍已被杀死的服务器，却忘掉活着但沉默的那个。',
      },
    ],
  ],
  scoop: [
    [
      'scoop-worker-lost',
      { en: 'A worker is killed at work', zh: '工作进程在计算时被杀死' },
      {
        en: 'Eight futures of two seconds on four workers: how long does it take when one worker dies?',
        zh: '四个工作进程上有八个各需两秒的 future：如果其中一个工作进程死去，总共要多久？',
      },
    ],
    [
      'scoop-result-cut',
      { en: 'A result that is cut off', zh: '途中被切断的结果' },
      {
        en: 'The work is done, but the link is cut while its result is on its way: how often is it paid?',
        zh: '工作已经完成，但结果在路上时链路被切断：究竟付了几次钱？',
      },
    ],
    [
      'scoop-straggler',
      { en: 'One slow machine', zh: '一台慢机器' },
      {
        en: 'Three equal shares wait for the slowest machine; small pieces let it do less.',
        zh: '平均分成三份要等最慢的机器；分成小块，它就能少做一些。',
      },
    ],
    [
      'scoop-chunk-size',
      { en: 'Few large pieces, many small ones', zh: '少而大与多而小' },
      {
        en: 'The same work in 2, 4, 40 and 400 pieces: which is slower than one program alone?',
        zh: '同样的工作分成 2、4、40 和 400 块：哪一种比单个程序还慢？',
      },
    ],
    [
      'scoop-map-reduce',
      { en: 'A mapReduce against one program', zh: 'mapReduce 与单个程序' },
      {
        en: 'Four workers sleep nearly four times as fast as one; do they compute as fast as one?',
        zh: '四个工作进程睡起来将近快四倍；那么算起来呢，赶得上单个程序吗？',
      },
    ],
    [
      'scoop-broker-lost',
      { en: 'The broker is lost', zh: '失去了消息代理' },
      {
        en: 'The workers on another machine finish what they do: what happens to their results?',
        zh: '另一台机器上的工作进程会做完手头的事：它们的结果会怎样？',
      },
    ],
  ],
  disco: [
    [
      'disco-word-count',
      { en: 'Words, counted by three nodes', zh: '三个节点数单词' },
      {
        en: 'Six lines, six maps, one reduce: watch where each task runs and what crosses the network.',
        zh: '六行文本，六个 map，一个 reduce：看每个任务在哪里运行，什么数据经过网络。',
      },
    ],
    [
      'disco-url-count',
      { en: 'URLs in the logs of web servers', zh: '统计网站日志里的 URL' },
      {
        en: 'A pipeline of three stages of its own: what lies on one node is added up there first.',
        zh: '自己定义的三阶段流水线：同一节点上的数据先在本地加好。',
      },
    ],
    [
      'disco-sort',
      { en: 'A sort over three partitions', zh: '分三个区间的分布式排序' },
      {
        en: 'Each reduce sorts its range of keys: why is the whole in order without a last merge?',
        zh: '每个 reduce 只排自己那段键：为什么不用最后合并，整体也有序？',
      },
    ],
    [
      'disco-inverted-index',
      { en: 'Which texts have this word', zh: '哪些文本里有这个词' },
      {
        en: 'An inverted index of texts in DDFS, two replicas each: kill a node and run it again.',
        zh: 'DDFS 里的文本各有两个副本，为它们建倒排索引：杀死一个节点，再运行一次。',
      },
    ],
    [
      'disco-join',
      { en: 'Two tables meet by their key', zh: '两张表按键相连' },
      {
        en: 'An inner join: rows of both tables go to the reduce of their key.',
        zh: '内连接：两张表里键相同的行会到同一个 reduce。',
      },
    ],
    [
      'disco-pi',
      { en: 'Three nodes find π by chance', zh: '三个节点用随机数求 π' },
      {
        en: 'Each map throws darts of its own: is it faster than one program, and from how many on?',
        zh: '每个 map 各投各的飞镖：比单个程序快吗？从多少次开始才快？',
      },
    ],
    [
      'disco-chained',
      { en: 'Two jobs, one after the other', zh: '两个作业，一前一后' },
      {
        en: 'The second job reads what the first has left on the nodes.',
        zh: '第二个作业读取第一个作业留在各节点上的结果。',
      },
    ],
    [
      'disco-mapper-killed',
      { en: 'A map is killed while it works', zh: 'map 干到一半被杀死' },
      {
        en: 'Its process dies: who runs the task again, where, and after how long?',
        zh: '它的进程死了：谁来重跑这个任务，在哪里，过多久？',
      },
    ],
    [
      'disco-output-lost',
      { en: 'A node is lost before its output was fetched', zh: '输出还没被取走，节点就没了' },
      {
        en: 'Its maps were done: which tasks run again, and who finds out?',
        zh: '它的 map 都已完成：哪些任务要重跑，又是谁发现的？',
      },
    ],
    [
      'disco-output-fetched',
      { en: 'A node is lost after its output was fetched', zh: '输出取走之后，节点才没了' },
      {
        en: 'The same kill, a moment later: does anything run again?',
        zh: '同样是杀死节点，只晚了一点：还有任务要重跑吗？',
      },
    ],
    [
      'disco-partitioned',
      { en: 'A map that is cut off works on', zh: '被隔断的 map 还在干活' },
      {
        en: 'The master gives it up and another node maps the same line: is it counted twice?',
        zh: '主节点放弃了它，另一个节点又处理了同一行：会不会数两遍？',
      },
    ],
  ],
  pycsp: [
    [
      'pycsp-two-sends',
      { en: 'Two sends', zh: '两边都先写' },
      {
        en: 'Both write before they read, and a write waits for its reader: find the circle.',
        zh: '两个进程都先写后读，而写要等到有人来读：找出互相等待的一圈。',
      },
    ],
    [
      'pycsp-two-sends-alternation',
      { en: 'Two sends with an alternation', zh: '两边都先写，但可以选择' },
      {
        en: 'Each offers to write and to read at once, and takes what the other is ready for.',
        zh: '每个进程同时提出写和读，对方准备好哪一样就做哪一样。',
      },
    ],
    [
      'pycsp-two-forks',
      { en: 'Two forks and luck', zh: '两把叉子，全凭运气' },
      {
        en: 'It runs well and it is wrong: try every schedule, and watch the one that deadlocks.',
        zh: '它运行得好好的，其实是错的：试遍所有调度，看看会死锁的那一种。',
      },
    ],
    [
      'pycsp-two-forks-ordered',
      { en: 'Two forks in one order', zh: '按同一顺序取叉子' },
      {
        en: 'Both take the same fork first: how many schedules are left, and does one deadlock?',
        zh: '两人都先取同一把叉子：还剩几种调度，其中有死锁的吗？',
      },
    ],
    [
      'pycsp-philosophers',
      { en: 'Five philosophers', zh: '五位哲学家' },
      {
        en: 'Everybody takes the left fork first: a circle of five philosophers and five forks.',
        zh: '人人都先拿左边的叉子：五位哲学家和五把叉子围成一圈。',
      },
    ],
    [
      'pycsp-philosophers-left-handed',
      { en: 'Five philosophers, one left-handed', zh: '五位哲学家，一位左撇子' },
      {
        en: 'The last one takes the right fork first, and the ring is broken.',
        zh: '最后一位先拿右边的叉子，圈就断开了。',
      },
    ],
    [
      'pycsp-poison-retire',
      { en: 'Poison against retire', zh: '投毒与退役' },
      {
        en: 'Five values lie in a buffer when their writer goes: which of the two lets the reader have them?',
        zh: '写者离开时缓冲区里还有五个值：哪一种方式能让读者读到它们？',
      },
    ],
    [
      'pycsp-dead-consumer',
      { en: 'A consumer dies', zh: '消费者死了' },
      {
        en: 'One channel has no room, one has room for three: how far does the baker get with each?',
        zh: '一个通道没有缓冲，一个能放三个：面包师在两边各能做到哪一步？',
      },
    ],
    [
      'pycsp-starvation',
      { en: 'Somebody is never served', zh: '永远轮不到' },
      {
        en: 'A server prefers the first channel, another is fair: compare how often each was heard.',
        zh: '一个服务者总是优先第一个通道，另一个公平对待：比一比各自被接待了几次。',
      },
    ],
    [
      'pycsp-livelock',
      { en: 'After you', zh: '您先请' },
      {
        en: 'Two are so polite that nobody goes through: nothing is blocked, only the counts grow.',
        zh: '两个人互相谦让，谁也过不去：没有谁被阻塞，只有次数在增长。',
      },
    ],
  ],
};

/** All of them, by library. */
export async function readExperiments(): Promise<Experiment[]> {
  const listed = Object.entries(LIST) as [Experiment['library'], readonly Listed[]][];
  return Promise.all(
    listed.flatMap(([library, entries]) =>
      entries.map(async ([name, title, about]): Promise<Experiment> => {
        const files = await readFiles(path.join(FOLDER, name));
        return { name, library, language: 'ts', title, about, files };
      }),
    ),
  );
}
